//! The session engine `signed_cookies`.

use std::time::Duration;

use cloakroom_core::Timestamp;

use super::SignedValue;
use crate::crypto::{InvalidKey, Secret};
use crate::{Refusal, Value, Verified};

/// Reads the session cookie of `SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"`, `sessionid` by default.
///
/// Django's sign-in leaves `_auth_user_id` in the session, as text, and `_auth_user_hash`, which dies with a password change: an
/// application that has the user's old password hash should compare it, as Django does on every request.
pub struct SignedSession(SignedValue);

impl SignedSession {
    /// With Django's defaults and the project's `SECRET_KEY`.
    ///
    /// # Errors
    /// When the key is empty, with which Django does not start.
    pub fn new(secret_key: &Secret) -> Result<Self, InvalidKey> {
        const FORTNIGHT: Duration = Duration::from_hours(14 * 24);
        let value = SignedValue::new(secret_key, "django.contrib.sessions.backends.signed_cookies")?;
        Ok(Self(value.max_age(FORTNIGHT)))
    }

    /// One more key of `SECRET_KEY_FALLBACKS`.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn fallback(self, secret_key: &Secret) -> Result<Self, InvalidKey> {
        self.0.fallback(secret_key).map(Self)
    }

    /// The project's `SESSION_COOKIE_AGE`.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self(self.0.max_age(max_age))
    }

    /// The session of a cookie's value.
    ///
    /// # Errors
    /// Where Django would begin an empty session.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        self.0.read(cookie_value, now)
    }
}
