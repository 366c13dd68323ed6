//! iron-session, a sealed cookie of Next.js and Node.
//!
//! `Fe26.2*password ID*encryption salt*vector*ciphertext*expiry*MAC salt*MAC~2`: AES-256-CBC under HMAC-SHA-256, each with a key that PBKDF2
//! makes of the password and its salt. The MAC covers all of it but `~2`, which says that this is a session of iron-session 6 or later.
//!
//! | what | iron-session's default | here |
//! |---|---|---|
//! | password | one, or several by ID; 32 characters at least | [`IronSession::new`], [`IronSession::password`] |
//! | expiry | in the seal, 14 days; 60 seconds of grace | as there |
//!
//! A seal without `~2`, of iron-session 5 or before, is refused as [`Refusal::Malformed`]. MACs are compared as text, so there is exactly
//! one for each seal.
//!
//! Vectors: iron-session 8.0.4 with iron-webcrypto 1.2.1.

use std::collections::BTreeMap;
use std::time::Duration;

use cloakroom_core::Timestamp;

use crate::crypto::{
    Digest, InvalidKey, Secret, URL_SAFE_LENIENT, URL_SAFE_UNPADDED, aes_cbc, ascii, bounded, from_base64,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::from_json;
use crate::{Refusal, Value, Verified};

const PASSWORD_BYTES_MIN: usize = 32;

/// Reads the cookie of iron-session.
pub struct IronSession {
    passwords: BTreeMap<String, Secret>,
}

impl IronSession {
    /// With the one `password` of the options, which is number 1.
    ///
    /// # Errors
    /// When the password is shorter than 32 octets, with which iron-session does not start.
    pub fn new(password: &Secret) -> Result<Self, InvalidKey> {
        Self { passwords: BTreeMap::new() }.password("1", password)
    }

    /// A password of the map `password`, by its ID; one of the same ID is replaced.
    ///
    /// # Errors
    /// As [`IronSession::new`].
    pub fn password(mut self, id: impl Into<String>, password: &Secret) -> Result<Self, InvalidKey> {
        let password = Secret::new(password.at_least(PASSWORD_BYTES_MIN)?);
        self.passwords.insert(id.into(), password);
        Ok(self)
    }

    /// The session of a cookie's value.
    ///
    /// # Errors
    /// Where iron-session would begin an empty session, or answer 500.
    pub fn read(&self, cookie_value: &[u8], now: Timestamp) -> Result<Verified<Value>, Refusal> {
        let seal = Seal::parse(ascii(bounded(cookie_value, COOKIE_BYTES_MAX)?)?)?;
        let named = self.passwords.iter().enumerate().find(|(_, (id, _))| id.as_str() == seal.password_id);
        let (key_position, (_, password)) = named.ok_or(Refusal::UnknownKey)?;

        let mac_key = key(password, seal.mac_salt);
        let mac = from_base64(&URL_SAFE_UNPADDED, seal.mac)?;
        if !Digest::Sha256.is_hmac(&mac_key, &[seal.authenticated.as_bytes()], &mac) {
            return Err(Refusal::NotAuthentic);
        }
        let expires_at = expiry(seal.expiry)?;
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(Refusal::Expired);
        }
        let vector = from_base64(&URL_SAFE_LENIENT, seal.vector)?;
        let ciphertext = from_base64(&URL_SAFE_LENIENT, seal.ciphertext)?;
        let encryption_key = key(password, seal.encryption_salt);
        let json = aes_cbc(&encryption_key, &vector, &ciphertext).ok_or(Refusal::Undecodable)?;
        let mut verified = Verified::new(from_json(&json)?, key_position, &[seal.authenticated.as_bytes()]);
        verified.expires_at = expires_at;
        Ok(verified)
    }
}

/// The parts of a cookie's value.
struct Seal<'a> {
    authenticated: &'a str,
    password_id: &'a str,
    encryption_salt: &'a str,
    vector: &'a str,
    ciphertext: &'a str,
    expiry: &'a str,
    mac_salt: &'a str,
    mac: &'a str,
}

impl<'a> Seal<'a> {
    fn parse(text: &'a str) -> Result<Self, Refusal> {
        let seal = text.strip_suffix("~2").ok_or(Refusal::Malformed)?;
        let parts: Vec<&str> = seal.split('*').collect();
        let ["Fe26.2", password_id, encryption_salt, vector, ciphertext, expiry, mac_salt, mac] = parts[..]
        else {
            return Err(Refusal::Malformed);
        };
        let authenticated = &seal[..seal.len() - mac_salt.len() - mac.len() - "**".len()];
        Ok(Self { authenticated, password_id, encryption_salt, vector, ciphertext, expiry, mac_salt, mac })
    }
}

/// One round suffices: the password is long and the salt is the text that stands in the seal.
fn key(password: &Secret, salt: &str) -> zeroize::Zeroizing<Vec<u8>> {
    const KEY_BYTES: usize = 32;
    Digest::Sha1.pbkdf2(password.octets(), salt.as_bytes(), 1, KEY_BYTES)
}

/// When the seal is no longer accepted, its grace included; `None` when it was sealed to last.
fn expiry(digits: &str) -> Result<Option<Timestamp>, Refusal> {
    const GRACE: Duration = Duration::from_mins(1);
    if digits.is_empty() {
        return Ok(None);
    }
    // `parse` would take a plus sign.
    if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Refusal::Malformed);
    }
    let millis = digits.parse().map_err(|_| Refusal::Malformed)?;
    Ok(Some(Timestamp::from_millis(millis).after(GRACE)))
}
