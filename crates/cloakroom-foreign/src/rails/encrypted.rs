//! The session of the cookie store, and `cookies.encrypted`.

use cloakroom_core::Timestamp;

use super::Key;
use super::message::Messages;
use crate::crypto::{Keys, STANDARD, aes_gcm, ascii, bounded, from_base64};
use crate::limits::COOKIE_BYTES_MAX;
use crate::ruby::rack_decoded;
use crate::{Refusal, Serialization, Value, Verified};

const SALT: &[u8] = b"authenticated encrypted cookie";
const KEY_BYTES: usize = 32;

/// Reads the session cookie of the cookie store, or another that `cookies.encrypted` wrote.
///
/// Devise leaves `warden.user.user.key` in the session: `[[user ID], salt of the password hash]`.
pub struct EncryptedCookie {
    keys: Keys,
    messages: Messages,
}

impl EncryptedCookie {
    /// The cookie of this name: for a session, the `key` of `session_store`, such as `_myapp_session`.
    pub fn new(cookie_name: &str, key: &Key) -> Self {
        let keys = Keys::of(key.derive(SALT, KEY_BYTES).as_slice());
        Self { keys, messages: Messages::of_cookie(cookie_name) }
    }

    /// One more key: a `cookies_rotations.rotate :encrypted`, or the same secret derived with another digest.
    #[must_use]
    pub fn fallback(mut self, key: &Key) -> Self {
        self.keys.add(key.derive(SALT, KEY_BYTES).as_slice());
        self
    }

    /// The `cookies_serializer`.
    #[must_use]
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.messages.serialization(serialization);
        self
    }

    /// Also cookies that do not say for which name they were made, as Rails itself accepts: those of an application without
    /// `use_cookies_with_metadata`, which came with the defaults of 5.2.
    ///
    /// # Security
    /// Such a cookie is good under any name of its jar, and for ever.
    #[must_use]
    pub fn accept_without_purpose(mut self) -> Self {
        self.messages.accept_without_purpose();
        self
    }

    /// What a cookie's value holds.
    ///
    /// # Errors
    /// Where Rails would say `nil`.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let value = rack_decoded(bounded(cookie_value, COOKIE_BYTES_MAX)?);
        let parts: Vec<&str> = ascii(&value)?.split("--").collect();
        let [ciphertext, vector, tag] = parts[..] else { return Err(Refusal::Malformed) };
        let ciphertext = from_base64(&STANDARD, ciphertext)?;
        let (vector, tag) = (from_base64(&STANDARD, vector)?, from_base64(&STANDARD, tag)?);
        let (key_position, message) = self.keys.open(|key| aes_gcm(key, &vector, b"", &ciphertext, &tag))?;
        self.messages.open(&message, key_position, &[&vector, &ciphertext], now)
    }
}
