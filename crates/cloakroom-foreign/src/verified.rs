//! What a foreign cookie says once it is believed.

use std::fmt;

use cloakroom_core::Timestamp;
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
    pub(crate) key_position: usize,
}

impl<T> Verified<T> {
    pub(crate) fn new(payload: T, key_position: usize) -> Self {
        Self { payload, issued_at: None, expires_at: None, key_position }
    }

    pub(crate) fn try_map<U>(
        self,
        map: impl FnOnce(T) -> Result<U, Refusal>,
    ) -> Result<Verified<U>, Refusal> {
        let Self { payload, issued_at, expires_at, key_position } = self;
        Ok(Verified { payload: map(payload)?, issued_at, expires_at, key_position })
    }

    /// What the application makes of the payload, with what is known of the cookie kept.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Verified<U> {
        let Self { payload, issued_at, expires_at, key_position } = self;
        Verified { payload: map(payload), issued_at, expires_at, key_position }
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
