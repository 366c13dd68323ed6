//! A key as a service holds it, and what is kept of it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::hex;

/// What every key begins with, so that a search of a repository or a log finds one that was left there.
const PREFIX: &str = "cloakroom_";

/// The public half of a key: names it in lists and logs, and opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiKeyId([u8; 8]);

/// The text is not the ID of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the ID of a key is 16 hex digits in lower case, as `cloakroom api-key list` shows it")]
pub struct InvalidApiKeyId;

impl ApiKeyId {
    /// An ID of these octets; for a new key they come from the operating system.
    pub const fn from_octets(octets: [u8; 8]) -> Self {
        Self(octets)
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyId({self})")
    }
}

impl FromStr for ApiKeyId {
    type Err = InvalidApiKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidApiKeyId> {
        let is_lower = !text.bytes().any(|octet| octet.is_ascii_uppercase());
        hex::octets(text).filter(|_| is_lower).map(Self).ok_or(InvalidApiKeyId)
    }
}

/// A whole key, `cloakroom_ID_SECRET`: 16 hex digits, and 32 random octets in base64url. Wiped on drop.
pub struct ApiKeyText {
    id: ApiKeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl ApiKeyText {
    /// A key of these octets, which come from the operating system.
    pub fn from_octets(id: ApiKeyId, secret: [u8; 32]) -> Self {
        Self { id, secret: Zeroizing::new(secret) }
    }

    /// Reads what a service presents. There is one spelling of each key.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let octets = Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).ok()?);
        let secret = <[u8; 32]>::try_from(octets.as_slice()).ok()?;
        Some(Self::from_octets(id.parse().ok()?, secret))
    }

    /// The public half.
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The key as its service is to hold it, for the one who shows it once.
    pub fn reveal(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.secret));
        Zeroizing::new(format!("{PREFIX}{}_{}", self.id, *secret))
    }

    /// What is kept of the secret half.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(*self.secret).into())
    }
}

impl fmt::Debug for ApiKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyText({}, ..)", self.id)
    }
}

/// The SHA-256 of a secret of 256 random bits: nothing slower is needed against guessing it.
#[derive(Clone)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    pub(super) const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    pub(super) const fn as_octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Compared in constant time.
impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        let difference = self.0.iter().zip(&other.0).fold(0, |sum, (a, b)| sum | (a ^ b));
        std::hint::black_box(difference) == 0
    }
}

impl Eq for SecretDigest {}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_is_revealed_and_shows_its_secret_nowhere_else() {
        let key = ApiKeyText::from_octets(ApiKeyId::from_octets([0xab; 8]), [7; 32]);
        let text = key.reveal();
        assert_eq!(*text, format!("cloakroom_{}_{}", "ab".repeat(8), "BwcH".repeat(10) + "Bwc"));
        let read = ApiKeyText::parse(&text).unwrap();
        assert_eq!((read.id(), read.digest()), (key.id(), key.digest()));
        assert_eq!(
            format!("{key:?} {:?}", key.digest()),
            "ApiKeyText(abababababababab, ..) SecretDigest(..)"
        );
    }

    #[test]
    fn what_is_not_quite_a_key_is_none() {
        let text = ApiKeyText::from_octets(ApiKeyId::from_octets([0xab; 8]), [7; 32]).reveal();
        let (cut, upper) = (&text[..text.len() - 1], text.to_ascii_uppercase());
        let (padded, spaced) = (format!("{}=", *text), format!(" {}", *text));
        // The last character holds two bits that mean nothing and have to be zero.
        let other_spelling = format!("{cut}d");
        for wrong in
            ["", "cloakroom_", "cloakroom__", cut, &upper, &padded, &spaced, &other_spelling, &text[10..]]
        {
            assert!(ApiKeyText::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn digests_of_two_secrets_differ() {
        let of = |octet| ApiKeyText::from_octets(ApiKeyId::from_octets([0; 8]), [octet; 32]).digest();
        assert!(of(1) == of(1) && of(1) != of(2));
    }
}
