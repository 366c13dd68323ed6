//! `TimestampSigner`.

use std::time::Duration;

use cloakroom_core::Timestamp;

use crate::Refusal;
use crate::crypto::{
    Digest, InvalidKey, Keys, Secret, URL_SAFE_UNPADDED, ascii, bounded, from_base64, split_last,
};

pub(super) struct Signer {
    secrets: Keys,
    digest: Digest,
}

/// What was signed, and when.
pub(super) struct Signed<'a> {
    pub(super) text: &'a str,
    /// The text with its time.
    pub(super) whole: &'a str,
    pub(super) issued_at: Timestamp,
    pub(super) key_position: usize,
}

impl Signer {
    pub(super) fn new(secret_key: &Secret) -> Result<Self, InvalidKey> {
        Ok(Self { secrets: Keys::of(secret_key.at_least(1)?), digest: Digest::Sha256 })
    }

    pub(super) fn fallback(&mut self, secret_key: &Secret) -> Result<(), InvalidKey> {
        self.secrets.add(secret_key.at_least(1)?);
        Ok(())
    }

    pub(super) fn digest(&mut self, digest: Digest) {
        self.digest = digest;
    }

    /// `prefix` stands before each secret.
    pub(super) fn unsign<'a>(
        &self,
        value: &'a [u8],
        bytes_max: usize,
        prefix: &[u8],
        salt: &[u8],
    ) -> Result<Signed<'a>, Refusal> {
        let text = ascii(bounded(value, bytes_max)?)?;
        let (signed, signature) = split_last(text, ':')?;
        let (payload, time) = split_last(signed, ':')?;
        // Strictly: Django compares the texts.
        let signature = from_base64(&URL_SAFE_UNPADDED, signature)?;
        let is_right = |secret: &[u8]| {
            let key = self.digest.hash(&[salt, b"signer", prefix, secret]);
            self.digest.is_hmac(&key, &[signed.as_bytes()], &signature)
        };
        let key_position = self.secrets.find(is_right)?;
        Ok(Signed { text: payload, whole: signed, issued_at: base62(time)?, key_position })
    }
}

impl Signed<'_> {
    /// Django counts fractions of a second.
    pub(super) fn check_age(&self, max_age: Duration, now: Timestamp) -> Result<(), Refusal> {
        if now > self.issued_at.after(max_age) { Err(Refusal::Expired) } else { Ok(()) }
    }
}

/// Seconds since the epoch, in digits, capitals and small letters.
fn base62(time: &str) -> Result<Timestamp, Refusal> {
    const DIGITS_MAX: usize = 8;
    if time.is_empty() || time.len() > DIGITS_MAX {
        return Err(Refusal::Malformed);
    }
    let digit = |octet: u8| match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'A'..=b'Z' => Some(octet - b'A' + 10),
        b'a'..=b'z' => Some(octet - b'a' + 36),
        _ => None,
    };
    let seconds =
        time.bytes().try_fold(0_u64, |seconds, octet| Some(seconds * 62 + u64::from(digit(octet)?)));
    seconds.map(|seconds| Timestamp::from_millis(seconds * 1000)).ok_or(Refusal::Malformed)
}
