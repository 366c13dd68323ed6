//! `Plug.Session` with its cookie store, which Phoenix uses.
//!
//! | what | Plug's default | here |
//! |---|---|---|
//! | signed | `SFMyNTY.` payload `.` HMAC-SHA-256 over what stands before, base64 | [`SessionCookie::signed`] |
//! | encrypted | `XCP.` and vector, tag, ciphertext of XChaCha20-Poly1305, base64 | [`SessionCookie::encrypted`] |
//! | encrypted before `plug_crypto` 2.1 | `QTEyOEdDTQ.` and four parts: AES-128-GCM, its key wrapped by AES-256-GCM | the same |
//! | key | PBKDF2-HMAC-SHA-256 over `secret_key_base` and a salt, 1000 rounds, 32 octets | |
//! | serialization | Erlang's external term format | the same |
//!
//! Terms are read as far as they are plain data: numbers, atoms (as their names), binaries, tuples, lists and maps. A session that holds a
//! function or a process is refused. What `mix phx.gen.auth` wrote has a `user_token` of 32 random octets, which the table
//! `users_tokens` has as they are: [`Value::as_octets`].
//!
//! Like Elixir, this reads a base64 text whose last character differs in the bits that stand for nothing.
//!
//! Vectors: `plug_crypto` c326c3c.

use zeroize::Zeroizing;

use crate::crypto::{
    Digest, InvalidKey, Secret, URL_SAFE_LENIENT, aes_gcm, ascii, bounded, from_base64, split_last,
    xchacha20_poly1305,
};
use crate::limits::COOKIE_BYTES_MAX;
use crate::value::from_etf;
use crate::{Refusal, Value, Verified};

const KEY_BYTES: usize = 32;
const SECRET_BYTES_MIN: usize = 64;

/// What `MessageEncryptor` binds its texts to when nothing else is given.
const ASSOCIATED: &[u8] = b"A128GCM";

/// Reads the cookie of `Plug.Session`, such as `_my_app_key`.
pub struct SessionCookie {
    signing: Zeroizing<Vec<u8>>,
    /// Its presence means that sessions are encrypted: the signed ones are no longer read.
    encryption: Option<Zeroizing<Vec<u8>>>,
}

impl SessionCookie {
    /// With a `signing_salt` and without an `encryption_salt`: Phoenix' default.
    ///
    /// # Errors
    /// When the secret is shorter than 64 octets, with which Plug does not start.
    pub fn signed(secret_key_base: &Secret, signing_salt: &[u8]) -> Result<Self, InvalidKey> {
        Self::with_salts(secret_key_base, signing_salt, None)
    }

    /// With both salts.
    ///
    /// # Errors
    /// As [`SessionCookie::signed`].
    pub fn encrypted(
        secret_key_base: &Secret,
        signing_salt: &[u8],
        encryption_salt: &[u8],
    ) -> Result<Self, InvalidKey> {
        Self::with_salts(secret_key_base, signing_salt, Some(encryption_salt))
    }

    /// The session of a cookie's value. Nothing in it says how old it is.
    ///
    /// # Errors
    /// Where Plug would begin an empty session.
    pub fn read(&self, cookie_value: &[u8]) -> Result<Verified<Value>, Refusal> {
        let text = ascii(bounded(cookie_value, COOKIE_BYTES_MAX)?)?;
        let (nonce, term) = match &self.encryption {
            Some(key) => match text.strip_prefix("XCP.") {
                Some(sealed) => open_xchacha20(key, sealed),
                None => open_wrapped(key, &self.signing, text),
            },
            None => verify(&self.signing, text),
        }?;
        Ok(Verified::new(from_etf(&term)?, 0, &[&nonce, &term]))
    }

    fn with_salts(
        secret_key_base: &Secret,
        signing_salt: &[u8],
        encryption_salt: Option<&[u8]>,
    ) -> Result<Self, InvalidKey> {
        const ROUNDS: u32 = 1000;
        let secret = secret_key_base.at_least(SECRET_BYTES_MIN)?;
        let derive = |salt: &[u8]| Digest::Sha256.pbkdf2(secret, salt, ROUNDS, KEY_BYTES);
        Ok(Self { signing: derive(signing_salt), encryption: encryption_salt.map(derive) })
    }
}

/// A nonce, which makes two cookies of the same session differ, and a term.
type Opened = (Vec<u8>, Zeroizing<Vec<u8>>);

fn verify(key: &[u8], text: &str) -> Result<Opened, Refusal> {
    let (signed, mac) = split_last(text, '.')?;
    let payload = signed.strip_prefix("SFMyNTY.").ok_or(Refusal::Malformed)?;
    let mac = from_base64(&URL_SAFE_LENIENT, mac)?;
    if !Digest::Sha256.is_hmac(key, &[signed.as_bytes()], &mac) {
        return Err(Refusal::NotAuthentic);
    }
    Ok((Vec::new(), from_base64(&URL_SAFE_LENIENT, payload)?))
}

fn open_xchacha20(key: &[u8], sealed: &str) -> Result<Opened, Refusal> {
    let octets = from_base64(&URL_SAFE_LENIENT, sealed)?;
    let (nonce, rest) = octets.split_first_chunk::<24>().ok_or(Refusal::Malformed)?;
    let (tag, ciphertext) = rest.split_first_chunk::<16>().ok_or(Refusal::Malformed)?;
    let term = xchacha20_poly1305(key, nonce, ASSOCIATED, ciphertext, tag);
    Ok((nonce.to_vec(), term.ok_or(Refusal::NotAuthentic)?))
}

/// A text with a key of its own, which is wrapped: key, tag and nonce stand in a row.
fn open_wrapped(key: &[u8], signing: &[u8], text: &str) -> Result<Opened, Refusal> {
    let parts: Vec<&str> = text.split('.').collect();
    let ["QTEyOEdDTQ", wrapped, nonce, ciphertext, tag] = parts[..] else {
        return Err(Refusal::Malformed);
    };
    let wrapped = from_base64(&URL_SAFE_LENIENT, wrapped)?;
    let (nonce, ciphertext) =
        (from_base64(&URL_SAFE_LENIENT, nonce)?, from_base64(&URL_SAFE_LENIENT, ciphertext)?);
    let tag = from_base64(&URL_SAFE_LENIENT, tag)?;
    let (rest, key_nonce) = wrapped.split_last_chunk::<12>().ok_or(Refusal::Malformed)?;
    let (own_key, key_tag) = rest.split_last_chunk::<16>().ok_or(Refusal::Malformed)?;
    let own_key = aes_gcm(key, key_nonce, signing, own_key, key_tag).ok_or(Refusal::NotAuthentic)?;
    let term = aes_gcm(&own_key, &nonce, ASSOCIATED, &ciphertext, &tag);
    Ok((nonce.to_vec(), term.ok_or(Refusal::NotAuthentic)?))
}
