//! The two signature algorithms.

use std::fmt;

/// How tokens are signed: one ring of keys and one verifier have exactly one algorithm, from configuration.
///
/// Both are asymmetric, so that a service that verifies tokens cannot mint them.
///
/// Source: RFC 8725 3.1, 3.2; ASVS 5.0 9.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256. Every JOSE library knows it.
    Es256,
    /// Ed25519. Signatures are a function of key and message, so no random number can betray the key.
    ///
    /// Under the name `EdDSA`, which libraries know. The newer name `Ed25519` of RFC 9864 is neither written nor taken.
    EdDsa,
}

impl Algorithm {
    /// The name in the `alg` member of a token and of a JWK.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The `kty` and `crv` members of a JWK.
    pub(crate) const fn key_type_and_curve(self) -> (&'static str, &'static str) {
        match self {
            Self::Es256 => ("EC", "P-256"),
            Self::EdDsa => ("OKP", "Ed25519"),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
