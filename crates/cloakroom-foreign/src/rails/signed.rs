//! `cookies.signed`.

use cloakroom_core::Timestamp;

use super::Key;
use super::message::Messages;
use crate::crypto::{Digest, Keys, STANDARD, ascii, bounded, from_base64, unhex};
use crate::limits::COOKIE_BYTES_MAX;
use crate::ruby::rack_decoded;
use crate::{Refusal, Serialization, Value, Verified};

const SALT: &[u8] = b"signed cookie";
const KEY_BYTES: usize = 64;

/// Reads a cookie that `cookies.signed` wrote, such as a remembered user's ID.
pub struct SignedCookie {
    keys: Keys,
    digest: Digest,
    messages: Messages,
}

impl SignedCookie {
    /// The cookie of this name.
    pub fn new(cookie_name: &str, key: &Key) -> Self {
        let keys = Keys::of(key.derive(SALT, KEY_BYTES).as_slice());
        Self { keys, digest: Digest::Sha1, messages: Messages::of_cookie(cookie_name) }
    }

    /// One more key: a `cookies_rotations.rotate :signed`, or the same secret derived with another digest.
    #[must_use]
    pub fn fallback(mut self, key: &Key) -> Self {
        self.keys.add(key.derive(SALT, KEY_BYTES).as_slice());
        self
    }

    /// The `signed_cookie_digest`.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The `cookies_serializer`.
    #[must_use]
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.messages.serialization(serialization);
        self
    }

    /// As [`EncryptedCookie::accept_without_purpose`](super::EncryptedCookie::accept_without_purpose).
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
        let (message, mac) = ascii(&value)?.rsplit_once("--").ok_or(Refusal::Malformed)?;
        let mac = unhex(mac)?;
        let is_right = |key: &[u8]| self.digest.is_hmac(key, &[message.as_bytes()], &mac);
        let key_position = self.keys.find(is_right)?;
        let message = from_base64(&STANDARD, message).map_err(|_| Refusal::Undecodable)?;
        self.messages.open(&message, key_position, &[&message], now)
    }
}
