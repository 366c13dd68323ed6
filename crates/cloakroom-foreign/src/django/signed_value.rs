//! `signing.dumps` and what is built on it.

use std::time::Duration;

use cloakroom_core::Timestamp;

use super::signer::Signer;
use crate::crypto::{Digest, InvalidKey, Secret};
use crate::limits::{COOKIE_BYTES_MAX, STORED_BYTES_MAX};
use crate::python::json_payload;
use crate::{Refusal, Value, Verified};

/// Reads what `signing.dumps` wrote, and the `session_data` of a row in the sessions table.
pub struct SignedValue {
    signer: Signer,
    salt: Vec<u8>,
    max_age: Option<Duration>,
    bytes_max: usize,
}

impl SignedValue {
    /// Values with the salt that `signing.dumps` was called with; `django.core.signing` is its default.
    ///
    /// # Errors
    /// When the key is empty, with which Django does not start.
    pub fn new(secret_key: &Secret, salt: impl Into<Vec<u8>>) -> Result<Self, InvalidKey> {
        let signer = Signer::new(secret_key)?;
        Ok(Self { signer, salt: salt.into(), max_age: None, bytes_max: COOKIE_BYTES_MAX })
    }

    /// The column `session_data` of the table `django_session`, of which [`session_key`](super::session_key) is the key.
    ///
    /// It has no age: the row's `expire_date` is the application's to compare, in its query.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn stored_session(secret_key: &Secret) -> Result<Self, InvalidKey> {
        let mut value = Self::new(secret_key, "django.contrib.sessions.SessionStore")?;
        value.bytes_max = STORED_BYTES_MAX;
        Ok(value)
    }

    /// One more key of `SECRET_KEY_FALLBACKS`.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn fallback(mut self, secret_key: &Secret) -> Result<Self, InvalidKey> {
        self.signer.fallback(secret_key)?;
        Ok(self)
    }

    /// The `algorithm` of the signer; Django 3.0 and before had SHA-1.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.signer.digest(digest);
        self
    }

    /// The `max_age` that `signing.loads` was called with; without it, values are good for ever.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// What was signed.
    ///
    /// # Errors
    /// Where `signing.loads` would raise.
    pub fn read(&self, value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let signed = self.signer.unsign(value, self.bytes_max, b"", &self.salt)?;
        if let Some(max_age) = self.max_age {
            signed.check_age(max_age, now)?;
        }
        let mut verified =
            Verified::new(json_payload(signed.text)?, signed.key_position, &[signed.whole.as_bytes()]);
        verified.issued_at = Some(signed.issued_at);
        verified.expires_at = self.max_age.map(|max_age| signed.issued_at.after(max_age));
        Ok(verified)
    }
}
