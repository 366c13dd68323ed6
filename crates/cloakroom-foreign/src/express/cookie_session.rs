//! `cookie-session`.

use crate::crypto::{
    Digest, InvalidKey, Keys, STANDARD_LENIENT, Secret, URL_SAFE_UNPADDED, ascii, bounded, from_base64,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::from_json;
use crate::{Refusal, Value, Verified};

/// Reads the two cookies of `cookie-session`: the session, `session` by default, and its signature, `session.sig`.
pub struct CookieSession {
    cookie_name: String,
    keys: Keys,
    digest: Digest,
}

impl CookieSession {
    /// The cookie of this name, with the first of the `keys` of the options.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn new(cookie_name: impl Into<String>, key: &Secret) -> Result<Self, InvalidKey> {
        let keys = Keys::of(key.at_least(1)?);
        Ok(Self { cookie_name: cookie_name.into(), keys, digest: Digest::Sha1 })
    }

    /// One more of the `keys`.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn fallback(mut self, key: &Secret) -> Result<Self, InvalidKey> {
        self.keys.add(key.at_least(1)?);
        Ok(self)
    }

    /// The algorithm of a `Keygrip` that the application made itself.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The session of the values of both cookies.
    ///
    /// # Errors
    /// Where `cookie-session` would begin an empty session. A session without its signature never gets here: there is no such
    /// argument.
    pub fn read(&self, cookie_value: &[u8], signature_value: &[u8]) -> Result<Verified<Value>, Refusal> {
        let value = ascii(bounded(cookie_value, COOKIE_BYTES_MAX)?)?;
        let signature = ascii(bounded(signature_value, COOKIE_BYTES_MAX)?)?;
        let signature = from_base64(&URL_SAFE_UNPADDED, signature)?;
        let parts = [self.cookie_name.as_bytes(), b"=", value.as_bytes()];
        let key_position = self.keys.find(|key| self.digest.is_hmac(key, &parts, &signature))?;
        let json = from_base64(&STANDARD_LENIENT, value).map_err(|_| Refusal::Undecodable)?;
        Ok(Verified::new(from_json(&json)?, key_position, &parts))
    }
}
