//! The copy of the session.

use cloakroom_core::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::crypto::{
    Digest, InvalidKey, Keys, Secret, URL_SAFE_LENIENT, URL_SAFE_UNPADDED, bounded, from_base64,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::{from_json, shaped};
use crate::{Refusal, Value, Verified};

/// Reads the cookie `better-auth.session_data`: a copy of session and user, good for five minutes.
pub struct SessionData {
    secret: Keys,
}

#[derive(Deserialize)]
struct Signed<'a> {
    #[serde(borrow)]
    session: &'a RawValue,
    #[serde(rename = "expiresAt")]
    expires_at_ms: u64,
    signature: String,
}

impl SessionData {
    /// With the `secret` of the options, or `BETTER_AUTH_SECRET`.
    ///
    /// # Errors
    /// When the secret is empty.
    pub fn new(secret: &Secret) -> Result<Self, InvalidKey> {
        Ok(Self { secret: Keys::of(secret.at_least(1)?) })
    }

    /// Session and user of a cookie's value.
    ///
    /// # Errors
    /// Where better-auth would ask its database, and for JSON that is authentic but not in the form that JavaScript writes.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let value = bounded(cookie_value, COOKIE_BYTES_MAX)?;
        let json = from_base64(&URL_SAFE_LENIENT, value)?;
        let signed: Signed<'_> = shaped(&json).map_err(|_| Refusal::Malformed)?;
        let session = signed.session.get();
        // What was signed is the session's object with the expiry as its last member; here are its octets as they came, so that
        // nothing but them can be authentic.
        let members =
            session.strip_suffix('}').filter(|members| members.len() > 1).ok_or(Refusal::Malformed)?;
        let expiry = format!(",\"expiresAt\":{}}}", signed.expires_at_ms);
        let signature = from_base64(&URL_SAFE_UNPADDED, &signed.signature)?;
        let parts = [members.as_bytes(), expiry.as_bytes()];
        let key_position = self.secret.find(|secret| Digest::Sha256.is_hmac(secret, &parts, &signature))?;

        let expires_at = Timestamp::from_millis(signed.expires_at_ms);
        if expires_at < now {
            return Err(Refusal::Expired);
        }
        let mut verified = Verified::new(from_json(session.as_bytes())?, key_position, &parts);
        verified.expires_at = Some(expires_at);
        Ok(verified)
    }
}
