//! `Rack::Session::Cookie` of rack-session 2, which Sinatra, Hanami and Roda use.
//!
//! Base64 over one of two layouts, told apart by the first octet:
//!
//! | version | layout | MAC |
//! |---|---|---|
//! | 2 | `2`, salt, vector, tag, ciphertext of AES-256-GCM | the tag, over version, salt and cookie name |
//! | 1 | `1`, salt, vector, ciphertext of AES-256-CTR, MAC | HMAC-SHA-256 over all of it and the cookie name |
//!
//! The cipher's key is the HMAC of the salt, keyed by the first 32 octets of the secret; the rest of the secret is the MAC's key. Inside,
//! a session stands behind padding, in Marshal by default and in JSON with `serialize_json: true`, in version 1; in JSON in version 2
//! of newer releases.
//!
//! What rack-session 1 and Rack 2 wrote, `data--hmac`, is not read: [`Refusal::Malformed`].
//!
//! Vectors: rack-session 7acef42; Marshal was written by Ruby 3.1.

use crate::crypto::{
    Digest, InvalidKey, Keys, STANDARD, Secret, URL_SAFE_PADDED, aes_ctr, aes_gcm, bounded, from_base64,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::ruby::rack_decoded;
use crate::value::Value;
use crate::{Refusal, Serialization, Verified};

const SECRET_BYTES_MIN: usize = 64;
const CIPHER_SECRET_BYTES: usize = 32;
const SALT_BYTES: usize = 32;

/// Reads the cookie of `Rack::Session::Cookie`, `rack.session` by default.
pub struct SessionCookie {
    secrets: Keys,
    cookie_name: String,
    serialization: Serialization,
}

impl SessionCookie {
    /// The cookie of this name, with the first of the `secrets`.
    ///
    /// # Errors
    /// When the secret is shorter than 64 octets, with which rack-session does not start.
    pub fn new(cookie_name: impl Into<String>, secret: &Secret) -> Result<Self, InvalidKey> {
        let secrets = Keys::of(secret.at_least(SECRET_BYTES_MIN)?);
        Ok(Self { secrets, cookie_name: cookie_name.into(), serialization: Serialization::Marshal })
    }

    /// One more of the `secrets`.
    ///
    /// # Errors
    /// As [`SessionCookie::new`].
    pub fn fallback(mut self, secret: &Secret) -> Result<Self, InvalidKey> {
        self.secrets.add(secret.at_least(SECRET_BYTES_MIN)?);
        Ok(self)
    }

    /// [`Serialization::Json`] for `serialize_json: true`.
    #[must_use]
    pub fn serialization(mut self, serialization: Serialization) -> Self {
        self.serialization = serialization;
        self
    }

    /// The session of a cookie's value. Nothing in it says how old it is.
    ///
    /// # Errors
    /// Where rack-session would begin an empty session.
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<Value>, Refusal> {
        let text = rack_decoded(bounded(cookie_value, COOKIE_BYTES_MAX)?);
        // Version 2 is written in either alphabet, by release.
        let octets = from_base64(&URL_SAFE_PADDED, &text).or_else(|_| from_base64(&STANDARD, &text))?;
        let (key_position, plaintext) = match octets.first() {
            Some(1) => self.open_version_1(&octets)?,
            Some(2) => self.open_version_2(&octets)?,
            _ => return Err(Refusal::Malformed),
        };
        let value = self.serialization.value(unpadded(&plaintext)?)?;
        Ok(Verified::new(value, key_position, &[&octets]))
    }

    fn open_version_1(&self, octets: &[u8]) -> Result<(usize, Plaintext), Refusal> {
        let (authenticated, mac) = octets.split_last_chunk::<32>().ok_or(Refusal::Malformed)?;
        let (salt, rest) = authenticated[1..].split_first_chunk::<SALT_BYTES>().ok_or(Refusal::Malformed)?;
        let (vector, ciphertext) = rest.split_first_chunk::<16>().ok_or(Refusal::Malformed)?;
        let parts = [authenticated, self.cookie_name.as_bytes()];
        let is_right = |secret: &[u8]| Digest::Sha256.is_hmac(&secret[CIPHER_SECRET_BYTES..], &parts, mac);
        let key_position = self.secrets.find(is_right)?;
        let key = cipher_key(self.secrets.at(key_position), salt);
        let plaintext = aes_ctr(&key, vector, ciphertext).ok_or(Refusal::Undecodable)?;
        Ok((key_position, plaintext))
    }

    fn open_version_2(&self, octets: &[u8]) -> Result<(usize, Plaintext), Refusal> {
        let (head, rest) = octets.split_first_chunk::<{ 1 + SALT_BYTES }>().ok_or(Refusal::Malformed)?;
        let (vector, rest) = rest.split_first_chunk::<12>().ok_or(Refusal::Malformed)?;
        let (tag, ciphertext) = rest.split_first_chunk::<16>().ok_or(Refusal::Malformed)?;
        let associated = [head, self.cookie_name.as_bytes()].concat();
        self.secrets.open(|secret| {
            let key = cipher_key(secret, &head[1..]);
            aes_gcm(&key, vector, &associated, ciphertext, tag)
        })
    }
}

type Plaintext = zeroize::Zeroizing<Vec<u8>>;

fn cipher_key(secret: &[u8], salt: &[u8]) -> Plaintext {
    Digest::Sha256.hmac(&secret[..CIPHER_SECRET_BYTES], &[salt])
}

/// What stands behind the padding, whose length is in the first two octets.
fn unpadded(plaintext: &[u8]) -> Result<&[u8], Refusal> {
    let (length, rest) = plaintext.split_first_chunk::<2>().ok_or(Refusal::Undecodable)?;
    rest.get(usize::from(u16::from_le_bytes(*length))..).ok_or(Refusal::Undecodable)
}
