//! Something that happened, as it is recorded.

use std::fmt::Display;
use std::net::IpAddr;

use cloakroom::{SessionId, Timestamp};

use crate::accounts::{User, UserId, UserName};
use crate::events::actor::Actor;
use crate::events::kind::EventKind;
use crate::events::text::bounded;

/// Something that happened. What its recorder does not say is taken from the request that it happened in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(super) kind: EventKind,
    pub(super) at: Timestamp,
    /// Whose account or session it is about.
    pub(super) subject: Option<UserId>,
    /// Their name in lower case; where it is not known yet it is looked up before it is written down.
    pub(super) subject_name: Option<Box<str>>,
    /// The public handle, never a token.
    pub(super) session: Option<SessionId>,
    pub(super) address: Option<IpAddr>,
    /// What the client calls itself.
    pub(super) agent: Option<Box<str>>,
    /// The application that it is about.
    pub(super) app: Option<Box<str>>,
    pub(super) actor: Option<Actor>,
    /// Why, in a word of the program's own.
    pub(super) reason: Option<&'static str>,
    pub(super) detail: Option<Box<str>>,
    /// By what the log knows the request.
    pub(super) request: Option<Box<str>>,
}

/// The most characters of what a client calls itself.
pub(super) const AGENT_MAX: usize = 200;

/// The most characters of a detail.
pub(super) const DETAIL_MAX: usize = 200;

impl Event {
    /// An event of this moment.
    pub(crate) const fn new(kind: EventKind, at: Timestamp) -> Self {
        Self {
            kind,
            at,
            subject: None,
            subject_name: None,
            session: None,
            address: None,
            agent: None,
            app: None,
            actor: None,
            reason: None,
            detail: None,
            request: None,
        }
    }

    /// About this user.
    pub(crate) fn about(self, user: &User) -> Self {
        self.about_user(user.id, &user.name)
    }

    /// About the user of this number and name.
    pub(crate) fn about_user(self, id: UserId, name: &UserName) -> Self {
        Self { subject_name: Some(name.canonical().into()), ..self.about_id(id) }
    }

    /// About the user of this number, whose name is looked up later.
    pub(crate) fn about_id(self, id: UserId) -> Self {
        Self { subject: Some(id), ..self }
    }

    /// About this session.
    pub(crate) fn of(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// Done by somebody else than the request says.
    pub(crate) fn by(self, actor: Actor) -> Self {
        Self { actor: Some(actor), ..self }
    }

    /// For this reason.
    pub(crate) const fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// More about it, of which some 200 characters are kept.
    pub(crate) fn detail(self, detail: impl Display) -> Self {
        Self { detail: bounded(&detail.to_string(), DETAIL_MAX), ..self }
    }
}
