//! `express-session`.

use std::borrow::Cow;

use crate::crypto::{
    Digest, InvalidKey, Keys, Plus, STANDARD_UNPADDED, Secret, bounded, from_base64, percent_decoded,
    split_last,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::{ForeignSessionId, Refusal, Verified};

/// Reads the cookie of `express-session`, `connect.sid` by default.
///
/// ```
/// use cloakroom_foreign::{Secret, express::ExpressSession};
///
/// let express = ExpressSession::new(&Secret::new("keyboard cat"))?;
/// let value = b"s%3AHpsRjoBUwhlhi5F9m1zH2Hl7fJ9B9Y2q.WoIKs0Kmo2UUVR5eDGHkuX6VAJn24OTV2%2FGNZ9ZYeGY";
/// let verified = express.read(value)?;
/// // connect-redis keeps the session under this key:
/// let key = format!("sess:{}", verified.payload().expose());
/// assert_eq!(key, "sess:HpsRjoBUwhlhi5F9m1zH2Hl7fJ9B9Y2q");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct ExpressSession {
    secrets: Keys,
}

impl ExpressSession {
    /// With the `secret` of the options, or the first of them.
    ///
    /// # Errors
    /// When the secret is empty, with which `express-session` makes no sessions.
    pub fn new(secret: &Secret) -> Result<Self, InvalidKey> {
        Ok(Self { secrets: Keys::of(secret.at_least(1)?) })
    }

    /// One more of the list `secret`.
    ///
    /// # Errors
    /// When the secret is empty.
    pub fn fallback(mut self, secret: &Secret) -> Result<Self, InvalidKey> {
        self.secrets.add(secret.at_least(1)?);
        Ok(self)
    }

    /// The ID under which the store has the session.
    ///
    /// # Errors
    /// Where `express-session` would begin another session.
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
        let value = decoded(bounded(cookie_value, COOKIE_BYTES_MAX)?);
        let text = str::from_utf8(&value).map_err(|_| Refusal::Malformed)?;
        let (id, signature) = split_last(text.strip_prefix("s:").ok_or(Refusal::Malformed)?, '.')?;
        let signature = from_base64(&STANDARD_UNPADDED, signature)?;
        let is_right = |secret: &[u8]| Digest::Sha256.is_hmac(secret, &[id.as_bytes()], &signature);
        let key_position = self.secrets.find(is_right)?;
        Ok(Verified::new(ForeignSessionId::new(id.to_owned()), key_position, &[id.as_bytes()]))
    }
}

/// What the package `cookie` makes of a value: one that does not decode to text is taken as it stands.
fn decoded(value: &[u8]) -> Cow<'_, [u8]> {
    let decoded = percent_decoded(value, Plus::Kept).filter(|octets| str::from_utf8(octets).is_ok());
    decoded.map_or(Cow::Borrowed(value), Cow::Owned)
}
