//! Flask's session cookie, as itsdangerous signs it.
//!
//! `payload "." time "." signature`, each base64 without padding. The payload is JSON in which Flask tags what JSON does not
//! have: `{" t": [1, 2]}` is a tuple. The tags are handed on as they stand.
//!
//! | what | Flask's default | here |
//! |---|---|---|
//! | MAC | HMAC-SHA-1 over payload and time | [`SessionCookie::digest`] |
//! | key | HMAC of the salt, keyed by `SECRET_KEY` | [`SessionCookie::derivation`], [`SessionCookie::salt`] |
//! | age | at most `PERMANENT_SESSION_LIFETIME`, 31 days; never negative | [`SessionCookie::max_age`] |
//! | rotation | `SECRET_KEY_FALLBACKS` | [`SessionCookie::fallback`] |
//!
//! Vectors: Flask 3.1.3 with itsdangerous 2.2.0. Like itsdangerous, this reads a signature whose last character differs in the
//! bits that stand for nothing; unlike it, no signature with characters that are not base64.

use std::time::Duration;

use cloakroom_core::Timestamp;

use crate::crypto::{
    Digest, InvalidKey, Keys, Secret, URL_SAFE_LENIENT, ascii, bounded, from_base64, split_last,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::python::json_payload;
use crate::{Refusal, Value, Verified};

/// How itsdangerous makes the MAC's key out of the secret and the salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDerivation {
    /// `"hmac"`: the salt's HMAC, keyed by the secret. Flask's default.
    Hmac,
    /// `"concat"`: the digest of salt and secret.
    Concat,
    /// `"django-concat"`: the digest of salt, the word `signer` and secret. The default of itsdangerous itself.
    DjangoConcat,
    /// `"none"`: the secret as it is.
    None,
}

/// Reads Flask's session cookie, `session` by default.
///
/// ```
/// use cloakroom_foreign::{Secret, Timestamp, flask};
///
/// let flask = flask::SessionCookie::new(&Secret::new("dev-secret-0123456789abcdef"))?;
/// let value = b"eyJyb2xlcyI6WyJhZG1pbiIsInVzZXIiXSwidXNlcl9pZCI6NDJ9.Z3SFgA.hylYlv8zkU2a38ouuM1j6W2coBo";
/// let verified = flask.read(value, Timestamp::from_millis(1_735_689_660_000))?;
/// assert_eq!(verified.payload().get("user_id").and_then(|id| id.as_integer()), Some(42));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct SessionCookie {
    secrets: Keys,
    salt: Vec<u8>,
    digest: Digest,
    derivation: KeyDerivation,
    max_age: Duration,
}

impl SessionCookie {
    /// With Flask's defaults and the application's `SECRET_KEY`.
    ///
    /// # Errors
    /// When the key is empty: Flask has no sessions then.
    pub fn new(secret_key: &Secret) -> Result<Self, InvalidKey> {
        const MONTH: Duration = Duration::from_hours(31 * 24);
        Ok(Self {
            secrets: Keys::of(secret_key.at_least(1)?),
            salt: b"cookie-session".to_vec(),
            digest: Digest::Sha1,
            derivation: KeyDerivation::Hmac,
            max_age: MONTH,
        })
    }

    /// One more key of `SECRET_KEY_FALLBACKS`.
    ///
    /// # Errors
    /// When the key is empty.
    pub fn fallback(mut self, secret_key: &Secret) -> Result<Self, InvalidKey> {
        self.secrets.add(secret_key.at_least(1)?);
        Ok(self)
    }

    /// The session interface's `salt`, when the application has its own.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<Vec<u8>>) -> Self {
        self.salt = salt.into();
        self
    }

    /// The session interface's `digest_method`, for the derivation and the MAC.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The session interface's `key_derivation`.
    #[must_use]
    pub fn derivation(mut self, derivation: KeyDerivation) -> Self {
        self.derivation = derivation;
        self
    }

    /// The application's `PERMANENT_SESSION_LIFETIME`, in whole seconds as Flask counts.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// The session of a cookie's value.
    ///
    /// # Errors
    /// Where Flask would begin an empty session.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let text = ascii(bounded(cookie_value, COOKIE_BYTES_MAX)?)?;
        let (signed, signature) = split_last(text, '.')?;
        let (payload, time) = split_last(signed, '.')?;
        let signature = from_base64(&URL_SAFE_LENIENT, signature)?;
        let is_right = |secret: &[u8]| self.is_signature(secret, signed, &signature);
        let key_position = self.secrets.find(is_right)?;

        let issued_at_s = seconds(time)?;
        let now_s = now.as_millis() / 1000;
        let age_s = now_s.checked_sub(issued_at_s).ok_or(Refusal::NotYetValid)?;
        if age_s > self.max_age.as_secs() {
            return Err(Refusal::Expired);
        }
        let issued_at = Timestamp::from_millis(issued_at_s * 1000);
        let mut verified = Verified::new(json_payload(payload)?, key_position, &[signed.as_bytes()]);
        verified.issued_at = Some(issued_at);
        verified.expires_at = Some(issued_at.after(self.max_age + Duration::from_secs(1)));
        Ok(verified)
    }

    fn is_signature(&self, secret: &[u8], signed: &str, signature: &[u8]) -> bool {
        let digest = self.digest;
        let key = match self.derivation {
            KeyDerivation::Hmac => digest.hmac(secret, &[&self.salt]),
            KeyDerivation::Concat => digest.hash(&[&self.salt, secret]),
            KeyDerivation::DjangoConcat => digest.hash(&[&self.salt, b"signer", secret]),
            KeyDerivation::None => return digest.is_hmac(secret, &[signed.as_bytes()], signature),
        };
        digest.is_hmac(&key, &[signed.as_bytes()], signature)
    }
}

/// Seconds since the epoch, in up to eight octets. Past the year 10000 nothing was issued.
fn seconds(time: &str) -> Result<u64, Refusal> {
    const YEAR_10000: u64 = 253_402_300_800;
    let octets = from_base64(&URL_SAFE_LENIENT, time)?;
    let mut number = [0; 8];
    let at = number.len().checked_sub(octets.len()).ok_or(Refusal::Malformed)?;
    number[at..].copy_from_slice(&octets);
    Some(u64::from_be_bytes(number)).filter(|seconds| *seconds < YEAR_10000).ok_or(Refusal::Malformed)
}
