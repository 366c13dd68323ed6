//! The session record as values.

use std::net::IpAddr;

use compact_str::CompactString;
use smallvec::SmallVec;

use super::{Audiences, Authentication, Method, Proof, Slots};
use crate::audience::Audience;
use crate::ids::Subject;
use crate::lifetime::Lifetime;
use crate::time::Timestamp;
use crate::token::{DigestStub, FreshSecret, SecretDigest};

/// What is known of one session.
///
/// Only the state machine changes a record, and each change that makes it authenticated consumes a
/// [`FreshSecret`]. So this does not compile:
/// ```compile_fail
/// # fn f(mut record: cloakroom_core::Record, proof: cloakroom_core::Authentication) {
/// record.authentication = Some(proof);
/// # }
/// ```
/// nor does this, because the secret is missing:
/// ```compile_fail
/// # fn f(proof: cloakroom_core::Authentication, now: cloakroom_core::Timestamp) {
/// let record = cloakroom_core::Record::authenticated(proof, now);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) tokens: Tokens,
    pub(crate) authentication: Option<Authentication>,
    pub(crate) persistence: Persistence,
    pub(crate) client: Client,
    pub(crate) slots: Slots,
}

/// The digests of a session's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) current: SecretDigest,
    /// Since when the current token is the session's.
    pub(crate) current_since: Timestamp,
    /// The current token replaced another, and no client has presented it yet: its answer may be lost.
    pub(crate) current_is_unused: bool,
    /// Handed out by the last renewal, and not presented yet.
    pub(crate) pending: Option<Pending>,
    /// Handed out by the renewal before that, and not presented either: the client may hold this one.
    pub(crate) pending_before: Option<SecretDigest>,
    /// What the current token took over from.
    pub(crate) previous: Option<Previous>,
    /// What was good before that, the newest last.
    pub(crate) retired: SmallVec<[DigestStub; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) digest: SecretDigest,
    pub(crate) issued_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Previous {
    pub(crate) digest: SecretDigest,
    /// Until then it is as good as the current one; at that moment it no longer is.
    pub(crate) good_until: Timestamp,
    /// From then on its use is a sign of theft; before, it may be a request that was under way.
    pub(crate) suspicious_from: Timestamp,
}

/// Whether the browser keeps the cookie when it is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persistence {
    /// Until the browser closes. The default: NIST SP 800-63B-4 5.1 asks for it.
    #[default]
    Session,
    /// Until the absolute timeout ("remember me"). Changes no limit of the session.
    Remembered,
}

/// Where a session was begun from, as far as the application records it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The `User-Agent` field, cut to [`Client::AGENT_LEN_MAX`] octets.
    pub agent: Option<CompactString>,
    /// The fingerprint of the TLS handshake, as a trusted proxy has handed it over.
    pub fingerprint: Option<CompactString>,
}

impl Client {
    /// The most octets of a `User-Agent` that are kept.
    pub const AGENT_LEN_MAX: usize = 256;
    /// The most octets of a fingerprint.
    pub const FINGERPRINT_LEN_MAX: usize = 64;

    /// A client of this address and `User-Agent`; a longer one is cut at a character.
    pub fn new(address: Option<IpAddr>, agent: Option<&str>) -> Self {
        let cut = |agent: &str| {
            let mut end = agent.len().min(Self::AGENT_LEN_MAX);
            while !agent.is_char_boundary(end) {
                end -= 1;
            }
            CompactString::new(&agent[..end])
        };
        Self { address, agent: agent.map(cut), fingerprint: None }
    }

    /// The same with the fingerprint of its TLS handshake; a longer one is none.
    #[must_use]
    pub fn with_fingerprint(self, fingerprint: &str) -> Self {
        let fits = fingerprint.len() <= Self::FINGERPRINT_LEN_MAX;
        Self { fingerprint: fits.then(|| CompactString::new(fingerprint)), ..self }
    }
}

impl Record {
    /// A session of a visitor who has not signed in.
    pub fn anonymous(fresh: &FreshSecret, now: Timestamp) -> Self {
        Self::begun(fresh.digest(), now)
    }

    /// A session that begins with a sign-in now.
    pub fn authenticated(subject: Subject, method: Method, fresh: &FreshSecret, now: Timestamp) -> Self {
        Self::signed_in(subject, method, fresh.digest(), now)
    }

    pub(crate) fn signed_in(subject: Subject, method: Method, digest: SecretDigest, now: Timestamp) -> Self {
        Self { authentication: Some(Authentication::new(subject, method, now)), ..Self::begun(digest, now) }
    }

    /// A record for a row to be read into.
    #[inline]
    pub(crate) fn blank(created_at: Timestamp) -> Self {
        Self::begun(SecretDigest::from_octets([0; SecretDigest::LEN]), created_at)
    }

    #[inline]
    fn begun(digest: SecretDigest, now: Timestamp) -> Self {
        Self {
            created_at: now,
            last_seen_at: now,
            tokens: Tokens::only(digest, now),
            authentication: None,
            persistence: Persistence::Session,
            client: Client::default(),
            slots: Slots::default(),
        }
    }

    /// The same record with the place it was begun from.
    #[must_use]
    pub fn with_client(self, client: Client) -> Self {
        Self { client, ..self }
    }

    /// The same record of a user who has proved a first factor before; without effect on a visitor's.
    #[must_use]
    pub fn after_first_factor(self, first: Proof) -> Self {
        Self { authentication: self.authentication.map(|proof| proof.after(first)), ..self }
    }

    /// The same record with another persistence of its cookie.
    #[must_use]
    pub fn with_persistence(self, persistence: Persistence) -> Self {
        Self { persistence, ..self }
    }

    /// The same record with these slots.
    #[must_use]
    pub fn with_slots(self, slots: Slots) -> Self {
        Self { slots, ..self }
    }

    /// When the session began.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// The last activity that was written down.
    pub const fn last_seen_at(&self) -> Timestamp {
        self.last_seen_at
    }

    /// Who is signed in; `None` for a visitor.
    pub const fn authentication(&self) -> Option<&Authentication> {
        self.authentication.as_ref()
    }

    /// Whose session it is; `None` for a visitor.
    pub fn subject(&self) -> Option<&Subject> {
        self.authentication.as_ref().map(|proof| &proof.subject)
    }

    /// Whether the browser keeps the cookie.
    pub const fn persistence(&self) -> Persistence {
        self.persistence
    }

    /// Where it was begun from.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The other origins that the session has been taken over by: those that have a token of it, and those that a use is noted of.
    pub fn audiences(&self, now: Timestamp) -> Vec<Audience> {
        Audiences::seen_by(&self.slots, now)
    }

    /// The data of the session.
    pub const fn slots(&self) -> &Slots {
        &self.slots
    }

    /// When the absolute timeout began to count: the last proof, or the beginning of a visitor's session.
    pub fn proven_at(&self) -> Timestamp {
        self.authentication.as_ref().map_or(self.created_at, |proof| proof.proven_at)
    }

    /// When the session ends if nothing more is sent.
    pub fn expires_at(&self, lifetime: &Lifetime) -> Timestamp {
        lifetime.end(self.last_seen_at, self.proven_at())
    }
}

impl Tokens {
    /// How many digests before the previous one are remembered.
    pub(crate) const RETIRED_MAX: usize = 16;

    #[inline]
    pub(crate) fn only(current: SecretDigest, since: Timestamp) -> Self {
        Self {
            current,
            current_since: since,
            current_is_unused: false,
            pending: None,
            pending_before: None,
            previous: None,
            retired: SmallVec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_user_agent_is_cut_at_a_character() {
        let agent = format!("{}é", "x".repeat(255));
        let client = Client::new(None, Some(&agent));
        assert_eq!(client.agent.unwrap().len(), 255);
    }
}
