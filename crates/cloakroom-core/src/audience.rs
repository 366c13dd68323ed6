//! Other origins that see a session: by which name, and how one takes it over from the origin of the sign-in.

use sha2::{Digest as _, Sha256};

use crate::token::SecretDigest;

/// An origin that sees sessions which were signed in elsewhere, such as an application beside a sign-in host.
///
/// Each gets a token of its own for a session. It is worth nothing at any other origin, the sign-in's included, and it ends with the
/// session: there is one row, and every token of it dies when that is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Audience([u8; Self::LEN]);

impl Audience {
    /// Octets that an audience is known by in a record.
    pub const LEN: usize = 16;

    /// The audience of this origin, as browsers write it: `https://wiki.example.org`.
    pub fn of(origin: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"cloakroom: audience\0").chain_update(origin).finalize();
        let mut octets = [0; Self::LEN];
        octets.copy_from_slice(&digest[..Self::LEN]);
        Self(octets)
    }

    pub(crate) const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    pub(crate) const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// What binds a hand-over to one browser: the digest of a secret that it holds at the audience's origin.
///
/// Source: the same idea as RFC 7636, "Proof Key for Code Exchange", with the browser's cookie as the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(SecretDigest);

impl Challenge {
    /// Octets of a challenge.
    pub const LEN: usize = SecretDigest::LEN;

    /// The challenge of what the browser holds.
    pub fn of_verifier(verifier: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix(b"cloakroom: challenge\0").chain_update(verifier).finalize();
        Self::from_octets(digest.into())
    }

    /// A challenge as a URL carries it.
    pub const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(SecretDigest::from_octets(octets))
    }

    /// The octets, for a URL.
    pub const fn as_octets(&self) -> &[u8; Self::LEN] {
        self.0.as_octets()
    }
}
