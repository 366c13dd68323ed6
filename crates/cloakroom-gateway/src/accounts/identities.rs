//! Who a user is at providers that vouch for them, and which of their sessions came from there.
//!
//! A user is known by issuer and subject and by nothing else: names and addresses change hands.
//!
//! Source: OIDC Core 5.7.

use cloakroom::{SessionId, Timestamp};
use cloakroom_stores::{Changed, Datum, Part, Record};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::accounts::database::is_duplicate;
use crate::accounts::rows::{self, id, text, time};
use crate::accounts::statements::{INSERT_PROFILE, INSERT_USER};
use crate::accounts::{Accounts, AccountsError, Added, NewUser, UserId};

/// Somebody at a provider.
///
/// Both texts have 1 to 255 visible octets of ASCII. Blanks are refused, since some databases ignore those at the end when they
/// compare, and two people would be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    issuer: String,
    subject: String,
}

/// The texts do not name somebody at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("issuer and subject have 1 to 255 characters each, all of them visible ASCII")]
pub struct InvalidIdentity;

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Linked {
    /// It exists now.
    Done,
    /// Somebody has it already, this user or another.
    Taken,
}

/// What is noted down for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note<'a> {
    /// A flow has come to its end.
    Flow(&'a [u8]),
    /// A logout token of an issuer has been followed.
    LogoutToken(&'a str, &'a str),
    /// An issuer has ended one of its sessions.
    EndedSid(&'a str, &'a str),
    /// An issuer has ended all sessions of a subject.
    EndedSubject(&'a str, &'a str),
    /// An issuer has ended one session of a subject, which those of its sessions that came without a name may be.
    EndedOneOf(&'a str, &'a str),
}

const INSERT_IDENTITY: Part = Part::Must(
    "INSERT INTO cloakroom_oidc_identities (issuer, subject, user_id, linked_at_ms) VALUES ($11, $12, $1, $6)",
);

/// A user who exists by this identity. Of two who come at the same moment, one meets the primary key.
const ADD_BY_IDENTITY: &[Part] = &[INSERT_USER, INSERT_PROFILE, INSERT_IDENTITY];

const OF_IDENTITY: &str = "SELECT user_id FROM cloakroom_oidc_identities WHERE issuer = $1 AND subject = $2";

const OF_USER: &str =
    "SELECT issuer, subject FROM cloakroom_oidc_identities WHERE user_id = $1 ORDER BY issuer, subject";

const LINK: &[Part] = &[Part::Must(
    "INSERT INTO cloakroom_oidc_identities (issuer, subject, user_id, linked_at_ms) VALUES ($1, $2, $3, $4)",
)];

const UNLINK: &[Part] = &[Part::Must(
    "DELETE FROM cloakroom_oidc_identities WHERE issuer = $1 AND subject = $2 AND user_id = $3",
)];

const REMEMBER_SESSION: &[Part] = &[Part::Must(
    "INSERT INTO cloakroom_oidc_sessions (session_id, issuer, subject, sid) VALUES ($1, $2, $3, $4)",
)];

const REMEMBER_SESSION_ANEW: &[Part] = &[Part::May(
    "UPDATE cloakroom_oidc_sessions SET issuer = $2, subject = $3, sid = $4 WHERE session_id = $1",
)];

const FORGET_SESSION: &[Part] = &[Part::May("DELETE FROM cloakroom_oidc_sessions WHERE session_id = $1")];

const ISSUER_OF_SESSION: &str = "SELECT issuer FROM cloakroom_oidc_sessions WHERE session_id = $1";

const SESSIONS_OF_SID: &str = "SELECT session_id FROM cloakroom_oidc_sessions WHERE issuer = $1 AND sid = $2";

const SESSIONS_WITHOUT_SID: &str =
    "SELECT session_id FROM cloakroom_oidc_sessions WHERE issuer = $1 AND subject = $2 AND sid IS NULL";

const SESSIONS_OF_SUBJECT: &str =
    "SELECT session_id FROM cloakroom_oidc_sessions WHERE issuer = $1 AND subject = $2";

/// A second of the same meets the primary key.
const NOTE: &[Part] = &[Part::Must(
    "INSERT INTO cloakroom_oidc_notes (sha256, noted_at_ms, expires_at_ms) VALUES ($1, $2, $3)",
)];

const NOTE_ANEW: &[Part] =
    &[Part::May("UPDATE cloakroom_oidc_notes SET noted_at_ms = $2, expires_at_ms = $3 WHERE sha256 = $1")];

/// On its own, since `MySQL` locks more than the rows that go.
const FORGET_NOTES: &[Part] = &[Part::May("DELETE FROM cloakroom_oidc_notes WHERE expires_at_ms <= $1")];

const NOTED_SINCE: &str = "SELECT 1 FROM cloakroom_oidc_notes WHERE sha256 = $1 AND noted_at_ms >= $2";

impl Accounts {
    /// The user of an identity.
    pub async fn user_of(&self, identity: &Identity) -> Result<Option<UserId>, AccountsError> {
        let rows = self.read("find an identity", OF_IDENTITY, identity.values()).await?;
        rows.first().map(|row| rows::parsed(row, 0, "user_id", |text| text.parse().ok())).transpose()
    }

    /// The identities of a user, in a fixed order.
    pub async fn identities_of(&self, user: UserId) -> Result<Vec<Identity>, AccountsError> {
        let rows = self.read("list identities", OF_USER, vec![id(user)]).await?;
        let read = |row: &Record| Identity::new(row.text(0)?, row.text(1)?).ok();
        rows.iter().map(|row| read(row).ok_or(AccountsError::Unreadable { column: "subject" })).collect()
    }

    /// Makes an account for an identity. [`Added::NameTaken`] also when the identity has an account meanwhile.
    pub async fn add_by_identity(
        &self,
        new: NewUser,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Added, AccountsError> {
        let mut values = rows::values(&new, now, Datum::Null);
        values.extend(identity.values());
        match self.change("add a user of a provider", ADD_BY_IDENTITY, values).await {
            Ok(_) => Ok(Added::Done(rows::made(new, now))),
            Err(error) if is_duplicate(&error) => Ok(Added::NameTaken),
            Err(error) => Err(error),
        }
    }

    /// Links an identity to a user.
    pub async fn link(
        &self,
        user: UserId,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Linked, AccountsError> {
        let mut values = identity.values();
        values.extend([id(user), time(now)]);
        match self.change("link an identity", LINK, values).await {
            Ok(_) => Ok(Linked::Done),
            Err(error) if is_duplicate(&error) => Ok(Linked::Taken),
            Err(error) => Err(error),
        }
    }

    /// Takes a link away; `false` when there is none.
    pub async fn unlink(&self, user: UserId, identity: &Identity) -> Result<bool, AccountsError> {
        let mut values = identity.values();
        values.push(id(user));
        Ok(self.change("unlink an identity", UNLINK, values).await? == Changed::Done)
    }

    /// Writes down that a session came from a provider, so that the provider can end it.
    pub async fn remember_session(
        &self,
        session: SessionId,
        identity: &Identity,
        sid: Option<&str>,
    ) -> Result<(), AccountsError> {
        const OPERATION: &str = "remember a session of a provider";
        let mut values = vec![text(&session.to_string())];
        values.extend(identity.values());
        values.push(sid.map_or(Datum::Null, text));
        match self.change(OPERATION, REMEMBER_SESSION, values.clone()).await {
            // The user has proved again who they are, perhaps in another session there.
            Err(error) if is_duplicate(&error) => {
                self.change(OPERATION, REMEMBER_SESSION_ANEW, values).await.map(drop)
            }
            changed => changed.map(drop),
        }
    }

    /// Forgets that a session that has ended came from a provider.
    pub async fn forget_session(&self, session: SessionId) -> Result<(), AccountsError> {
        let values = vec![text(&session.to_string())];
        self.change("forget a session of a provider", FORGET_SESSION, values).await.map(drop)
    }

    /// The provider that a session came from.
    pub async fn issuer_of(&self, session: SessionId) -> Result<Option<String>, AccountsError> {
        let rows =
            self.read("find a session's provider", ISSUER_OF_SESSION, vec![text(&session.to_string())]);
        Ok(rows.await?.first().and_then(|row| row.text(0)).map(str::to_owned))
    }

    /// The sessions that came from one of a provider; some may have ended.
    pub async fn sessions_of_sid(&self, issuer: &str, sid: &str) -> Result<Vec<SessionId>, AccountsError> {
        self.sessions(SESSIONS_OF_SID, vec![text(issuer), text(sid)]).await
    }

    /// The sessions that came from an identity, and of which the provider never said what it calls them; some may have ended.
    pub async fn sessions_without_sid(&self, identity: &Identity) -> Result<Vec<SessionId>, AccountsError> {
        self.sessions(SESSIONS_WITHOUT_SID, identity.values()).await
    }

    /// The sessions that came from an identity; some may have ended.
    pub async fn sessions_of_identity(&self, identity: &Identity) -> Result<Vec<SessionId>, AccountsError> {
        self.sessions(SESSIONS_OF_SUBJECT, identity.values()).await
    }

    async fn sessions(
        &self,
        statement: &'static str,
        values: Vec<Datum>,
    ) -> Result<Vec<SessionId>, AccountsError> {
        let rows = self.read("list sessions of a provider", statement, values).await?;
        rows.iter().map(|row| rows::parsed(row, 0, "session_id", |text| text.parse().ok())).collect()
    }

    /// Notes something down that happens once; `false` when it has been noted down before.
    pub async fn note_once(
        &self,
        note: Note<'_>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, AccountsError> {
        match self.change("note something down", NOTE, note.values(now, until)).await {
            Ok(_) => self.change("forget old notes", FORGET_NOTES, vec![time(now)]).await.map(|_| true),
            Err(error) if is_duplicate(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Notes something down that happens again and again.
    pub async fn note(&self, note: Note<'_>, now: Timestamp, until: Timestamp) -> Result<(), AccountsError> {
        if !self.note_once(note, now, until).await? {
            let _noted = self.change("note something down", NOTE_ANEW, note.values(now, until)).await?;
        }
        Ok(())
    }

    /// Whether something was noted down at this time or later.
    pub async fn is_noted_since(&self, note: Note<'_>, since: Timestamp) -> Result<bool, AccountsError> {
        let values = vec![Datum::Octets(note.digest().to_vec()), time(since)];
        Ok(!self.read("look for a note", NOTED_SINCE, values).await?.is_empty())
    }
}

impl Identity {
    /// Who has this subject at this issuer.
    ///
    /// # Errors
    /// [`InvalidIdentity`].
    pub fn new(issuer: &str, subject: &str) -> Result<Self, InvalidIdentity> {
        let is_good = |text: &str| {
            (1..=255).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic())
        };
        let identity = || Self { issuer: issuer.to_owned(), subject: subject.to_owned() };
        (is_good(issuer) && is_good(subject)).then(identity).ok_or(InvalidIdentity)
    }

    /// The provider.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who they are there.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    fn values(&self) -> Vec<Datum> {
        vec![text(&self.issuer), text(&self.subject)]
    }
}

impl Note<'_> {
    fn values(self, now: Timestamp, until: Timestamp) -> Vec<Datum> {
        vec![Datum::Octets(self.digest().to_vec()), time(now), time(until)]
    }

    fn digest(self) -> [u8; 32] {
        let (kind, first, second): (u8, &[u8], &[u8]) = match self {
            Self::Flow(seed) => (0, seed, &[]),
            Self::LogoutToken(issuer, id) => (1, issuer.as_bytes(), id.as_bytes()),
            Self::EndedSid(issuer, sid) => (2, issuer.as_bytes(), sid.as_bytes()),
            Self::EndedSubject(issuer, subject) => (3, issuer.as_bytes(), subject.as_bytes()),
            Self::EndedOneOf(issuer, subject) => (4, issuer.as_bytes(), subject.as_bytes()),
        };
        // Neither of the texts holds a NUL.
        Sha256::new()
            .chain_update([kind])
            .chain_update(first)
            .chain_update([0])
            .chain_update(second)
            .finalize()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_by_what_a_database_could_mistake_for_another() {
        assert_eq!(Identity::new("https://a.example", "auth0|x").unwrap().subject(), "auth0|x");
        for subject in ["", "a ", " a", "a b", "a\0", "a\n", "é", &"a".repeat(256)] {
            assert_eq!(Identity::new("https://a.example", subject), Err(InvalidIdentity), "{subject:?}");
        }
    }
}
