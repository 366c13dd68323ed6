//! The session token: a public handle and a secret, and what may be kept of the secret.
//!
//! ```text
//! cookie value = base64url( session ID, 16 octets | secret, 32 octets )    64 characters, no padding
//! store        = keyed by the session ID, holds SHA-256(secret)
//! ```

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, optimization_barrier};

use crate::base64url;
use crate::ids::SessionId;

/// A token that a client presented: well-formed, and nothing more is known about it yet.
///
/// # Security
/// Holds no secret: it is hashed as soon as it is read, and what was read is wiped. No `Debug`, `Display`, `Clone` or
/// `Serialize`.
///
/// ```compile_fail
/// let token = cloakroom_core::Token::parse(&[b'A'; 64]).unwrap();
/// println!("{token:?}");
/// ```
pub struct Token {
    id: SessionId,
    digest: SecretDigest,
}

impl Token {
    /// Characters of a token in a cookie.
    pub const TEXT_LEN: usize = base64url::TEXT_LEN;

    /// Reads a cookie value; `None` unless it is 64 characters of unpadded base64url. Needs no store access.
    ///
    /// Source: OWASP Session Management, "Manage Session ID as Any Other User Input".
    pub fn parse(value: &[u8]) -> Option<Self> {
        let mut buffer = *value.first_chunk().filter(|_| value.len() == Self::TEXT_LEN)?;
        let token = base64url::decode(&mut buffer).map(Self::from_octets);
        buffer.fill(0);
        optimization_barrier(&buffer);
        token
    }

    fn from_octets(octets: &[u8; base64url::OCTETS_LEN]) -> Self {
        let (id, secret) = octets.split_first_chunk().expect("48 octets begin with 16");
        Self { id: SessionId::from_octets(*id), digest: SecretDigest::of(secret) }
    }

    /// The handle that the token claims.
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The digest to compare with what the store keeps.
    pub const fn digest(&self) -> SecretDigest {
        self.digest
    }
}

/// 32 octets that only the browser knows.
struct Secret([u8; Secret::LEN]);

impl Secret {
    const LEN: usize = 32;

    fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A secret that no client has seen yet: the witness that a session gets a new token.
///
/// Signing in, renewing and reauthenticating each consume one, so that no code can make a session
/// authenticated under a token that existed before.
///
/// # Security
/// The octets must come from the operating system's CSPRNG, fresh for each call. Wiped on drop.
///
/// ```compile_fail
/// let fresh = cloakroom_core::FreshSecret::from_entropy([0; 32]);
/// let again = fresh.clone();
/// ```
///
/// Source: ASVS 5.0 7.2.3, 7.2.4, 11.5.1.
pub struct FreshSecret(Secret);

impl FreshSecret {
    /// A secret of these 32 octets of entropy.
    pub const fn from_entropy(octets: [u8; Secret::LEN]) -> Self {
        Self(Secret(octets))
    }

    /// What the record keeps of it.
    pub fn digest(&self) -> SecretDigest {
        self.0.digest()
    }

    /// The cookie value that hands the secret to the browser; the one place where a token becomes text.
    pub fn into_text(self, id: SessionId) -> TokenText {
        let mut octets = [0; base64url::OCTETS_LEN];
        octets[..SessionId::LEN].copy_from_slice(id.as_octets());
        octets[SessionId::LEN..].copy_from_slice(&self.0.0);
        let mut text = TokenText([0; Token::TEXT_LEN]);
        base64url::encode(&octets, &mut text.0);
        octets.zeroize();
        text
    }
}

/// A token as it stands in a `Set-Cookie` line; wiped on drop.
pub struct TokenText([u8; Token::TEXT_LEN]);

impl TokenText {
    /// The 64 characters.
    ///
    /// # Security
    /// They are a secret: for the cookie only, never for a log.
    pub fn expose(&self) -> &[u8; Token::TEXT_LEN] {
        &self.0
    }
}

impl Drop for TokenText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// SHA-256 of a secret: all that a store ever sees of a token.
///
/// The secret has 256 random bits, so a plain hash cannot be inverted and needs neither salt nor stretching.
#[derive(Clone, Copy)]
#[repr(align(8))] // It is copied in whole words then, also from inside of an `Option`.
pub struct SecretDigest([u8; Self::LEN]);

impl SecretDigest {
    /// Octets of a digest.
    pub const LEN: usize = 32;

    fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// A digest read back from a store.
    pub const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    /// The octets, as stores keep them.
    pub const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The first octets, which recognise a retired secret without keeping all of its digest.
    pub(crate) fn stub(&self) -> DigestStub {
        *self.0.first_chunk().expect("a digest is longer than its stub")
    }
}

/// What is remembered of a secret that was good once: 64 bits tell a reused token from a guessed one.
pub type DigestStub = [u8; 8];

/// Compared in constant time, although what is compared is public once the store is: habit is cheaper than doubt.
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sid_01_a_token_is_its_id_and_secret_in_64_characters() {
        let id = SessionId::from_octets([7; 16]);
        let fresh = FreshSecret::from_entropy([9; 32]);
        let digest = fresh.digest();
        let text = fresh.into_text(id);
        let token = Token::parse(text.expose()).unwrap();
        assert_eq!(token.id(), id);
        assert_eq!(token.digest(), digest);
    }

    #[test]
    fn two_digests_differ_when_any_octet_differs() {
        let digest = SecretDigest::from_octets([1; 32]);
        for place in 0..SecretDigest::LEN {
            let mut octets = [1; 32];
            octets[place] ^= 0x80;
            assert_ne!(SecretDigest::from_octets(octets), digest);
        }
    }

    proptest! {
        #[test]
        fn sid_07_only_64_characters_of_base64url_are_a_token(value in prop::collection::vec(any::<u8>(), 0..130)) {
            let alphabet = value.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
            prop_assert_eq!(Token::parse(&value).is_some(), value.len() == 64 && alphabet);
        }

        #[test]
        fn every_token_reads_what_it_wrote(id: [u8; 16], secret: [u8; 32]) {
            let text = FreshSecret::from_entropy(secret).into_text(SessionId::from_octets(id));
            let token = Token::parse(text.expose()).unwrap();
            prop_assert_eq!(token.id(), SessionId::from_octets(id));
            prop_assert_eq!(token.digest(), FreshSecret::from_entropy(secret).digest());
        }
    }
}
