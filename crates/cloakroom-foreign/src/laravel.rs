//! Laravel's session cookie, whose data is in a store.
//!
//! Base64 over JSON: `iv`, `value`, `mac`, `tag`. The value is encrypted, and begins with an HMAC of the cookie's name, so that a cookie of one
//! name is no cookie of another.
//!
//! | what | Laravel's default | here |
//! |---|---|---|
//! | cipher | AES-256-CBC under HMAC-SHA-256; or AES-128-CBC, AES-128-GCM, AES-256-GCM | [`Cipher`] |
//! | key | `APP_KEY`, behind `base64:` | [`SessionCookie::new`] |
//! | rotation | `APP_PREVIOUS_KEYS` | [`SessionCookie::fallback`] |
//!
//! The session itself is in a file, a table or a cache, where PHP's `serialize` wrote it: the application looks up whose it is. The table
//! `sessions` of the database driver has the column `user_id`; that and `last_activity` are all it takes. No PHP is deserialized here.
//!
//! Vectors: laravel/framework 11.

use serde::Deserialize;

use crate::crypto::{
    Digest, InvalidKey, Keys, Plus, STANDARD_LENIENT, Secret, aes_cbc, aes_gcm, bounded, from_base64,
    percent_decoded, unhex,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::shaped;
use crate::{ForeignSessionId, Refusal, Verified};

/// The `cipher` of `config/app.php`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Cipher {
    Aes128Cbc,
    Aes256Cbc,
    Aes128Gcm,
    Aes256Gcm,
}

/// Reads Laravel's session cookie, `laravel_session` by default.
pub struct SessionCookie {
    keys: Keys,
    cipher: Cipher,
    cookie_name: String,
}

#[derive(Deserialize)]
struct Payload {
    iv: String,
    value: String,
    mac: String,
    tag: Option<String>,
}

impl SessionCookie {
    /// The cookie of this name, with the `APP_KEY` as it stands in `.env`, for AES-256-CBC.
    ///
    /// # Errors
    /// When the key is not 32 octets long, with which Laravel does not start.
    pub fn new(cookie_name: impl Into<String>, app_key: &Secret) -> Result<Self, InvalidKey> {
        Self::with_cipher(cookie_name, app_key, Cipher::Aes256Cbc)
    }

    /// For another `cipher`.
    ///
    /// # Errors
    /// When the key is not of the cipher's length.
    pub fn with_cipher(
        cookie_name: impl Into<String>,
        app_key: &Secret,
        cipher: Cipher,
    ) -> Result<Self, InvalidKey> {
        let keys = Keys::of(cipher.key(app_key)?.as_slice());
        Ok(Self { keys, cipher, cookie_name: cookie_name.into() })
    }

    /// One more key of `APP_PREVIOUS_KEYS`.
    ///
    /// # Errors
    /// As [`SessionCookie::new`].
    pub fn fallback(mut self, app_key: &Secret) -> Result<Self, InvalidKey> {
        self.keys.add(self.cipher.key(app_key)?.as_slice());
        Ok(self)
    }

    /// The ID under which the store has the session.
    ///
    /// # Errors
    /// Where Laravel would begin another session.
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<ForeignSessionId>, Refusal> {
        let value = bounded(cookie_value, COOKIE_BYTES_MAX)?;
        let text = percent_decoded(value, Plus::Kept).ok_or(Refusal::Malformed)?;
        let json = from_base64(&STANDARD_LENIENT, text)?;
        let payload: Payload = shaped(&json).map_err(|_| Refusal::Malformed)?;
        let (key_position, plaintext) = self.open(&payload)?;
        let named = str::from_utf8(&plaintext).map_err(|_| Refusal::Undecodable)?;
        let id = self.without_prefix(named)?;
        Ok(Verified::new(session_id(id)?, key_position, &[id.as_bytes()]))
    }

    fn open(&self, payload: &Payload) -> Result<(usize, zeroize::Zeroizing<Vec<u8>>), Refusal> {
        let vector = from_base64(&STANDARD_LENIENT, &payload.iv)?;
        let ciphertext = from_base64(&STANDARD_LENIENT, &payload.value)?;
        let tag = payload.tag.as_deref().filter(|tag| !tag.is_empty());
        match (self.cipher.is_authenticated(), tag) {
            (true, Some(tag)) => {
                let tag = from_base64(&STANDARD_LENIENT, tag)?;
                self.keys.open(|key| aes_gcm(key, &vector, b"", &ciphertext, &tag))
            }
            (false, None) => {
                let mac = unhex(&payload.mac)?;
                let parts = [payload.iv.as_bytes(), payload.value.as_bytes()];
                let key_position = self.keys.find(|key| Digest::Sha256.is_hmac(key, &parts, &mac))?;
                let plaintext = aes_cbc(self.keys.at(key_position), &vector, &ciphertext);
                Ok((key_position, plaintext.ok_or(Refusal::Undecodable)?))
            }
            _ => Err(Refusal::Malformed),
        }
    }

    /// Any of the keys may have made the prefix, as in Laravel.
    fn without_prefix<'a>(&self, text: &'a str) -> Result<&'a str, Refusal> {
        let (mac, value) = text.split_once('|').ok_or(Refusal::OtherPurpose)?;
        let mac = unhex(mac).map_err(|_| Refusal::OtherPurpose)?;
        let parts = [self.cookie_name.as_bytes(), b"v2"];
        let of_name = self.keys.find(|key| Digest::Sha1.is_hmac(key, &parts, &mac));
        of_name.map(|_| value).map_err(|_| Refusal::OtherPurpose)
    }
}

impl Cipher {
    const fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    fn key(self, app_key: &Secret) -> Result<zeroize::Zeroizing<Vec<u8>>, InvalidKey> {
        let text = app_key.at_least(1)?;
        let key = match text.strip_prefix(b"base64:") {
            Some(text) => from_base64(&STANDARD_LENIENT, text).map_err(|_| InvalidKey::NotBase64)?,
            None => zeroize::Zeroizing::new(text.to_vec()),
        };
        let key_bytes = match self {
            Self::Aes128Cbc | Self::Aes128Gcm => 16,
            Self::Aes256Cbc | Self::Aes256Gcm => 32,
        };
        if key.len() == key_bytes { Ok(key) } else { Err(InvalidKey::WrongLength { bytes: key.len() }) }
    }
}

/// Laravel begins another session for what is not 40 letters and digits.
fn session_id(id: &str) -> Result<ForeignSessionId, Refusal> {
    const CHARACTERS: usize = 40;
    if id.len() == CHARACTERS && id.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
        Ok(ForeignSessionId::new(id.to_owned()))
    } else {
        Err(Refusal::Undecodable)
    }
}
