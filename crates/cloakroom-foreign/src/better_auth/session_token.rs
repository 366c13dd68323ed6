//! The token.

use crate::crypto::{
    Digest, InvalidKey, Keys, Plus, STANDARD_LENIENT, Secret, bounded, from_base64, percent_decoded,
    split_last,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::{ForeignSessionId, Refusal, Verified};

/// Reads the cookie `better-auth.session_token`.
pub struct SessionToken {
    secret: Keys,
}

impl SessionToken {
    /// With the `secret` of the options, or `BETTER_AUTH_SECRET`.
    ///
    /// # Errors
    /// When the secret is empty.
    pub fn new(secret: &Secret) -> Result<Self, InvalidKey> {
        Ok(Self { secret: Keys::of(secret.at_least(1)?) })
    }

    /// The token of the row in the table `session`.
    ///
    /// # Errors
    /// Where better-auth would see no session.
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
        const SIGNATURE_CHARACTERS: usize = 44;
        let value = bounded(cookie_value, COOKIE_BYTES_MAX)?;
        let text = percent_decoded(value, Plus::Kept).ok_or(Refusal::Malformed)?;
        let (token, signature) = split_last(str::from_utf8(&text).map_err(|_| Refusal::Malformed)?, '.')?;
        if token.is_empty() || signature.len() != SIGNATURE_CHARACTERS {
            return Err(Refusal::Malformed);
        }
        let signature = from_base64(&STANDARD_LENIENT, signature)?;
        let is_right = |secret: &[u8]| Digest::Sha256.is_hmac(secret, &[token.as_bytes()], &signature);
        let key_position = self.secret.find(is_right)?;
        Ok(Verified::new(ForeignSessionId::new(token.to_owned()), key_position, &[token.as_bytes()]))
    }
}
