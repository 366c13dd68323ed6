//! What a foreign cookie says once it is believed.

use std::fmt;

use cloakroom_core::Timestamp;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::Refusal;

/// What a cookie says, after its own system's checks: there is no other way to one of these.
///
/// `T` is a [`Value`](crate::Value) where the session travels in the cookie, and a [`ForeignSessionId`] where it stays in
/// the old system's store.
#[derive(Debug)]
#[must_use]
pub struct Verified<T> {
    pub(crate) payload: T,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    key_position: usize,
    fingerprint: Fingerprint,
}

impl<T> Verified<T> {
    /// `authentic` is what the MAC stands for, and nothing that could be changed without it.
    pub(crate) fn new(payload: T, key_position: usize, authentic: &[&[u8]]) -> Self {
        let fingerprint = Fingerprint::of(authentic);
        Self { payload, issued_at: None, expires_at: None, key_position, fingerprint }
    }

    pub(crate) fn try_map<U>(
        self,
        map: impl FnOnce(T) -> Result<U, Refusal>,
    ) -> Result<Verified<U>, Refusal> {
        let Self { payload, issued_at, expires_at, key_position, fingerprint } = self;
        Ok(Verified { payload: map(payload)?, issued_at, expires_at, key_position, fingerprint })
    }

    /// What the cookie holds.
    pub fn payload(&self) -> &T {
        &self.payload
    }

    /// What the cookie holds, owned.
    pub fn into_payload(self) -> T {
        self.payload
    }

    /// When the old system wrote the cookie, where the format says so.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// When the old system would stop accepting it, where the format or the configuration says so.
    ///
    /// `None` is the rule rather than the exception: most of these cookies are good for as long as their key is. End the
    /// moving in after as many days as the old sessions lived.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// Which key was right: 0 is the current one, 1 the first fallback.
    pub fn key_position(&self) -> usize {
        self.key_position
    }

    /// What tells this cookie from others, for the list of those that have been read.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

/// A digest of what was authentic in a cookie: the same for every text that its system takes for the same cookie.
///
/// Most old cookies are good for as long as their key is, so a copy that somebody kept would sign in again after the user signed
/// out. An application inserts the fingerprint before it signs anybody in, and refuses one that was there: then each cookie is
/// read once. The text of the cookie would not do, since some systems accept several for one cookie.
///
/// Where the cookie holds the ID of a session, the fingerprint is that of the session. Where it holds data and neither a time nor
/// anything random (`cookie-session`, Plug's signed sessions), two browsers with the same data have the same fingerprint, and the
/// second is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // Lengths, so that two lists of parts are never one text.
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// The octets, for a column of a table or a key of a cache.
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The handle of a session that is in the old system's store, where the application looks it up.
///
/// # Security
/// Whoever has it can act as the user in the old system: it is neither shown nor copied, and wiped when dropped.
pub struct ForeignSessionId(Zeroizing<String>);

impl ForeignSessionId {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The handle as the store knows it. Bind it as a parameter: it is text that an old system chose.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ForeignSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForeignSessionId({} octets)", self.0.len())
    }
}
