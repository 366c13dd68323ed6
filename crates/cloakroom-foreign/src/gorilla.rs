//! gorilla/sessions, as gorilla/securecookie signs and encrypts.
//!
//! Base64 over `time "|" body "|" MAC`. The MAC is over the cookie's name, the time and the body; the body is base64 over the session, or
//! over an initialization vector and the session in AES-CTR, when there is a block key.
//!
//! | what | gorilla's default | here |
//! |---|---|---|
//! | MAC | HMAC-SHA-256 | [`SecureCookie::digest`] |
//! | serialization | gob | [`SecureCookie::serialization`] |
//! | age | at most 30 days, no least; a time in the future is accepted | [`SecureCookie::max_age`], [`SecureCookie::min_age`] |
//! | length | 4096 octets | [`SecureCookie::bytes_max`] |
//! | rotation | `CodecsFromPairs` | [`SecureCookie::fallback`] |
//!
//! A `CookieStore` writes the session, and the other stores a text, the session's ID: [`SecureCookie::read_session_id`].
//!
//! Gob is read as far as it is plain data: maps, slices, booleans, numbers, strings and octets. A session that holds a type which the
//! application registered is [`Refusal::Unsupported`].
//!
//! Vectors: gorilla/securecookie 1.1.2 (eae3c18) for JSON and plain octets; gob was written by Go 1.19's `encoding/gob`.

use std::time::Duration;

use cloakroom_core::Timestamp;

use crate::crypto::{Digest, InvalidKey, Secret, URL_SAFE_PADDED_LENIENT, aes_ctr, bounded, from_base64};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::{from_gob, from_json};
use crate::{ForeignSessionId, Refusal, Value, Verified};

/// What securecookie writes a session in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// `GobEncoder`, the default.
    Gob,
    /// `JSONEncoder`.
    Json,
    /// `NopEncoder`: octets as they are.
    Plain,
}

/// Reads a cookie of gorilla/securecookie.
pub struct SecureCookie {
    cookie_name: String,
    keys: Vec<KeyPair>,
    digest: Digest,
    serialization: Serialization,
    max_age: Option<Duration>,
    min_age: Duration,
    bytes_max: usize,
}

struct KeyPair {
    hash: Secret,
    block: Option<Secret>,
}

impl SecureCookie {
    /// The cookie of this name, signed with the hash key and encrypted when there is a block key.
    ///
    /// # Errors
    /// When the hash key is empty, or the block key no key of AES (16, 24 or 32 octets).
    pub fn new(
        cookie_name: impl Into<String>,
        hash_key: &Secret,
        block_key: Option<&Secret>,
    ) -> Result<Self, InvalidKey> {
        const BYTES_MAX: usize = 4096;
        const MONTH: Duration = Duration::from_hours(30 * 24);
        Ok(Self {
            cookie_name: cookie_name.into(),
            keys: vec![KeyPair::new(hash_key, block_key)?],
            digest: Digest::Sha256,
            serialization: Serialization::Gob,
            max_age: Some(MONTH),
            min_age: Duration::ZERO,
            bytes_max: BYTES_MAX,
        })
    }

    /// One more pair of `CodecsFromPairs`.
    ///
    /// # Errors
    /// As [`SecureCookie::new`].
    pub fn fallback(mut self, hash_key: &Secret, block_key: Option<&Secret>) -> Result<Self, InvalidKey> {
        self.keys.push(KeyPair::new(hash_key, block_key)?);
        Ok(self)
    }

    /// The `HashFunc`.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The `SetSerializer`.
    #[must_use]
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.serialization = serialization;
        self
    }

    /// The `MaxAge`; zero is none, as in gorilla.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age).filter(|max_age| !max_age.is_zero());
        self
    }

    /// The `MinAge`.
    #[must_use]
    pub fn min_age(mut self, min_age: Duration) -> Self {
        self.min_age = min_age;
        self
    }

    /// The `MaxLength` of a value. More than [`COOKIE_BYTES_MAX`] octets are not read in any case.
    #[must_use]
    pub fn bytes_max(mut self, bytes_max: usize) -> Self {
        self.bytes_max = bytes_max.min(COOKIE_BYTES_MAX);
        self
    }

    /// What a cookie holds.
    ///
    /// # Errors
    /// Where securecookie's `Decode` would.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let octets = from_base64(&URL_SAFE_PADDED_LENIENT, bounded(cookie_value, self.bytes_max)?)?;
        // The MAC is raw octets and may hold the separator.
        let mut parts = octets.splitn(3, |octet| *octet == b'|');
        let mut part = || parts.next().ok_or(Refusal::Malformed);
        let (time, body, mac) = (part()?, part()?, part()?);
        let authenticated = [self.cookie_name.as_bytes(), b"|", time, b"|", body];
        let is_right = |pair: &KeyPair| self.digest.is_hmac(pair.hash.octets(), &authenticated, mac);
        let key_position = self.keys.iter().position(is_right).ok_or(Refusal::NotAuthentic)?;

        let issued_at = self.time(time, now)?;
        let body = from_base64(&URL_SAFE_PADDED_LENIENT, body)?;
        let value = match &self.keys[key_position].block {
            Some(key) => self.value(&decrypted(key, &body)?)?,
            None => self.value(&body)?,
        };
        let mut verified = Verified::new(value, key_position, &authenticated);
        verified.issued_at = Some(issued_at);
        verified.expires_at = self.max_age.map(|max_age| issued_at.after(max_age + Duration::from_secs(1)));
        Ok(verified)
    }

    /// The ID of a session in a `FilesystemStore`, or in another that keeps the data elsewhere.
    ///
    /// # Errors
    /// As [`SecureCookie::read`]; when the cookie holds no text but a session, [`Refusal::Unsupported`].
    pub fn read_session_id(
        &self,
        cookie_value: &[u8],
        now: Timestamp,
    ) -> Result<Verified<ForeignSessionId>, Refusal> {
        self.read(cookie_value, now)?.try_map(|value| match value {
            Value::Text(id) => Ok(ForeignSessionId::new(id)),
            _ => Err(Refusal::Unsupported),
        })
    }

    /// gorilla counts in whole seconds.
    fn time(&self, time: &[u8], now: Timestamp) -> Result<Timestamp, Refusal> {
        const YEAR_10000: u64 = 253_402_300_800;
        let seconds = str::from_utf8(time).ok().and_then(|digits| digits.parse::<u64>().ok());
        let issued_at_s = seconds.filter(|seconds| *seconds < YEAR_10000).ok_or(Refusal::Malformed)?;
        let now_s = now.as_millis() / 1000;
        if !self.min_age.is_zero() && issued_at_s > now_s.saturating_sub(self.min_age.as_secs()) {
            return Err(Refusal::NotYetValid);
        }
        match self.max_age {
            Some(max_age) if issued_at_s < now_s.saturating_sub(max_age.as_secs()) => Err(Refusal::Expired),
            _ => Ok(Timestamp::from_millis(issued_at_s * 1000)),
        }
    }

    fn value(&self, octets: &[u8]) -> Result<Value, Refusal> {
        match self.serialization {
            Serialization::Gob => from_gob(octets),
            Serialization::Json => from_json(octets),
            Serialization::Plain => Ok(Value::from_octets(octets)),
        }
    }
}

impl KeyPair {
    fn new(hash: &Secret, block: Option<&Secret>) -> Result<Self, InvalidKey> {
        let hash = Secret::new(hash.at_least(1)?);
        let block = block.map(Secret::octets).filter(|key| !key.is_empty());
        match block.map(<[u8]>::len) {
            None | Some(16 | 24 | 32) => Ok(Self { hash, block: block.map(Secret::new) }),
            Some(bytes) => Err(InvalidKey::WrongLength { bytes }),
        }
    }
}

fn decrypted(key: &Secret, body: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, Refusal> {
    const VECTOR_BYTES: usize = 16;
    let (vector, ciphertext) = body.split_at_checked(VECTOR_BYTES).ok_or(Refusal::Undecodable)?;
    aes_ctr(key.octets(), vector, ciphertext).ok_or(Refusal::Undecodable)
}
