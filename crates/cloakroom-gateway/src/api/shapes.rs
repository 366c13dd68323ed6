//! What is answered.

use std::net::IpAddr;

use cloakroom::{Session, SessionId, SessionInfo, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::accounts::{DisplayName, Email, Group, User, UserName};
use crate::api::described::{Described, Schemas, answers};
use crate::apps::Apps;
use crate::installation::ListedSession;
use crate::utc::rfc3339;
use crate::web::UserAgent;

/// A point in time, to the second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0))
    }
}

impl Described for Moment {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "format": "date-time" })
    }
}

/// The ID of a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Id(pub(super) SessionId);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Described for Id {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

/// An address of a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address(pub(super) IpAddr);

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Described for Address {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] })
    }
}

answers! {
    /// The session of the browser that asks.
    struct OwnSession {
        /// The session ID: safe in logs, no secret.
        id: Id,
        /// Who is signed in.
        user: UserInfo,
        /// By what the user has proved who they are, the latest first; empty for a browser that was only remembered.
        methods: Vec<&'static str>,
        /// When the session began.
        created_at: Moment,
        /// When the user signed in.
        signed_in_at: Moment,
        /// When the user last proved who they are.
        proven_at: Option<Moment>,
        /// When the session ends if nothing more is sent.
        expires_at: Moment,
    }

    /// A session in a list.
    struct SessionSummary {
        /// The session ID: safe in logs, no secret.
        id: Id,
        /// Whose it is, by the name in lower case; null for a visitor's.
        user: Option<String>,
        /// Browser and system in words, as the client called itself when the session began.
        client: String,
        /// Where it was begun from.
        address: Option<Address>,
        /// When it began.
        created_at: Moment,
        /// When it was last used, as far as that was written down.
        last_seen_at: Moment,
        /// When it ends if nothing more is sent.
        expires_at: Moment,
        /// How its user signed in; null for a visitor's.
        method: Option<&'static str>,
        /// The applications at other origins that have taken it over.
        apps: Vec<String>,
        /// Whether it is the session of the browser that asks.
        current: bool,
    }

    /// Some of the sessions.
    struct SessionPage {
        /// The sessions, in the order of their IDs.
        sessions: Vec<SessionSummary>,
        /// The cursor of the next page; null on the last.
        next: Option<String>,
    }

    /// What became of sessions that were to end.
    struct Ended {
        /// How many were ended.
        ended: u64,
    }

    /// A user.
    struct UserInfo {
        /// The name in lower case; it never changes and is the one to know a user by.
        name: String,
        /// How the user wants to be called.
        display_name: Option<String>,
        /// The e-mail address; nobody has tried whether it is the user's.
        email: Option<String>,
        /// The groups, in alphabetical order.
        groups: Vec<String>,
        /// What the user may do at the gateway: member, auditor or administrator.
        role: &'static str,
    }

    /// An account.
    struct Account {
        /// Whose it is.
        user: UserInfo,
        /// When it was made.
        created_at: Moment,
        /// Since when it is disabled; null while it is enabled.
        disabled_at: Option<Moment>,
    }

    /// Some of the accounts.
    struct AccountPage {
        /// The accounts, in the order of their names.
        accounts: Vec<Account>,
        /// The cursor of the next page; null on the last.
        next: Option<String>,
    }
}

impl UserInfo {
    pub(super) fn of(user: &User) -> Self {
        Self {
            name: user.name.canonical().to_owned(),
            display_name: user.profile.display_name.as_ref().map(DisplayName::as_str).map(str::to_owned),
            email: user.profile.email.as_ref().map(Email::as_str).map(str::to_owned),
            groups: user.profile.groups.iter().map(Group::as_str).map(str::to_owned).collect(),
            role: user.role.as_str(),
        }
    }
}

impl Account {
    pub(super) fn of(user: &User) -> Self {
        Self {
            user: UserInfo::of(user),
            created_at: Moment(user.created_at),
            disabled_at: user.disabled_at.map(Moment),
        }
    }
}

impl OwnSession {
    /// A session as its browser is told; `None` when it has ended meanwhile.
    pub(super) fn of(session: &Session, user: &User) -> Option<Self> {
        let authentication = session.authentication()?;
        Some(Self {
            id: Id(session.id()?),
            user: UserInfo::of(user),
            methods: authentication.proofs().map(|proof| proof.method.as_str()).collect(),
            created_at: Moment(session.created_at()?),
            signed_in_at: Moment(authentication.authenticated_at),
            proven_at: authentication.last_proof_at().map(Moment),
            expires_at: Moment(session.expires_at()?),
        })
    }
}

impl SessionSummary {
    pub(super) fn of(info: &SessionInfo, user: Option<&UserName>, current: bool, apps: &Apps) -> Self {
        Self {
            id: Id(info.id),
            user: user.map(|user| user.canonical().to_owned()),
            client: info.agent.as_deref().map_or(UserAgent::unknown(), UserAgent::parse).to_string(),
            address: info.address.map(Address),
            created_at: Moment(info.created_at),
            last_seen_at: Moment(info.last_seen_at),
            expires_at: Moment(info.expires_at),
            method: info.authentication.as_ref().map(|proof| proof.method.as_str()),
            apps: apps.seeing(&info.audiences).map(str::to_owned).collect(),
            current,
        }
    }

    /// Anybody's session.
    pub(super) fn listed(listed: &ListedSession, apps: &Apps) -> Self {
        Self::of(&listed.info, listed.user.as_ref(), false, apps)
    }
}
