//! The private half of a key: made, loaded, kept, and what it signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::Entropy;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::jwk::EllipticCurve;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::key_error::KeyError;
use crate::limits::TOKEN_TYPE;
use crate::public_key::{KeyId, PublicKey};
use crate::secret::{self, Secret};

/// A key that signs tokens.
///
/// Its [`KeyId`] follows from it, so a key that is loaded again has the name that it had.
///
/// # Security
/// No `Debug`, `Display`, `Clone` or `Serialize`; the octets are wiped on drop. What a move or the cryptographic library
/// leaves on the stack is not. A key that was typed rather than drawn, or is printed in a standard, is refused.
///
/// ```compile_fail
/// # fn f(key: cloakroom_jwt::SigningKey) {
/// println!("{key:?}");
/// # }
/// ```
/// ```compile_fail
/// # fn f(key: cloakroom_jwt::SigningKey) {
/// let again = key.clone();
/// # }
/// ```
///
/// Source: ASVS 5.0 11.2.3; RFC 8725 3.5.
pub struct SigningKey {
    public: PublicKey,
    id: KeyId,
    /// PKCS#8. Wiped on drop by its own type.
    private: EncodingKey,
    /// The header of the tokens that it signs, in base64url.
    header: String,
}

/// The cryptographic library would not sign.
pub(crate) struct Refusal;

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Entropy`] when there is no randomness to be had.
    pub fn generate(algorithm: Algorithm, entropy: &impl Entropy) -> Result<Self, KeyError> {
        loop {
            let mut secret: Secret = Zeroizing::new([0; secret::LEN]);
            entropy.fill(&mut *secret)?;
            match Self::of_secret(algorithm, &secret) {
                // One draw in 2^32 is no scalar of P-256. Source: FIPS 186-5 A.2.2.
                Err(KeyError::Malformed) if secret.starts_with(&[0xff; 4]) => {}
                made => return made,
            }
        }
    }

    /// A key from a PKCS#8 document.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong with it.
    pub fn from_pkcs8_der(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        let claimed = public_of(algorithm, document)?;
        let secret = secret::of_pkcs8(algorithm, document).ok_or(KeyError::Malformed)?;
        Self::of_secret_and_public(algorithm, &secret, &claimed)
    }

    /// A key from a PKCS#8 document in PEM, as [`expose_pkcs8_pem`](Self::expose_pkcs8_pem) and OpenSSL's `genpkey`
    /// write it.
    ///
    /// # Errors
    /// As [`from_pkcs8_der`](Self::from_pkcs8_der).
    pub fn from_pkcs8_pem(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        Self::from_pkcs8_der(algorithm, &secret::pkcs8_of_pem(text)?)
    }

    /// A key from a private JWK. Its `kid` is not taken over.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong with it.
    pub fn from_jwk(algorithm: Algorithm, json: &[u8]) -> Result<Self, KeyError> {
        let read = secret::of_jwk(algorithm, json)?;
        let claimed = PublicKey::from_coordinates(algorithm, &read.x, read.y.as_deref());
        Self::of_secret_and_public(algorithm, &read.secret, &claimed.ok_or(KeyError::Malformed)?)
    }

    fn of_secret_and_public(
        algorithm: Algorithm,
        secret: &Secret,
        claimed: &PublicKey,
    ) -> Result<Self, KeyError> {
        let key = Self::of_secret(algorithm, secret)?;
        if key.public == *claimed { Ok(key) } else { Err(KeyError::Unmatched) }
    }

    /// Every key comes through here, whatever it was written in.
    fn of_secret(algorithm: Algorithm, secret: &Secret) -> Result<Self, KeyError> {
        if secret::looks_typed(secret) {
            return Err(KeyError::Placeholder);
        }
        let document = secret::to_pkcs8(algorithm, secret);
        let public = public_of(algorithm, &document).map_err(|_| KeyError::Malformed)?;
        if public.is_printed() {
            return Err(KeyError::PrintedExample);
        }
        let private = match algorithm {
            Algorithm::Es256 => {
                EncodingKey::from_ec_der(&secret::to_pkcs8_with_point(secret, public.octets()))
            }
            Algorithm::EdDsa => EncodingKey::from_ed_der(&document),
        };
        let id = public.thumbprint();
        // None of the three values needs an escape.
        let header = format!(r#"{{"alg":"{algorithm}","kid":"{id}","typ":"{TOKEN_TYPE}"}}"#);
        Ok(Self { public, id, private, header: URL_SAFE_NO_PAD.encode(header) })
    }

    /// How it signs.
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// Its public name.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The public half as a JWK, as it stands in a key set.
    ///
    /// [`SigningKeys::jwks`](crate::SigningKeys::jwks) writes the set of a ring; this is for an issuer that keeps its public keys in
    /// another place.
    pub fn public_jwk(&self) -> String {
        self.public.jwk(&self.id).to_json()
    }

    /// The key as a PKCS#8 document in PEM, to be kept.
    ///
    /// # Security
    /// It is the private key: for a file that its owner alone can read, never for a log.
    pub fn expose_pkcs8_pem(&self) -> Zeroizing<String> {
        secret::pem_of_pkcs8(self.private.as_bytes())
    }

    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        // Named for the same reason as in `PublicKey::verifies`.
        let signer = (aws_lc::DEFAULT_PROVIDER.signer_factory)(&self.algorithm().jose(), &self.private);
        signer.map_err(|_| Refusal)?.try_sign(message).map_err(|_| Refusal)
    }
}

/// The public key that belongs to a PKCS#8 document.
fn public_of(algorithm: Algorithm, document: &[u8]) -> Result<PublicKey, KeyError> {
    let utils = &aws_lc::DEFAULT_PROVIDER.key_utils;
    let public = match algorithm {
        Algorithm::Es256 => (utils.ec_pub_components_from_private_key)(document, algorithm.jose())
            .map(|(_, x, y)| PublicKey::from_coordinates(algorithm, &x, Some(&y))),
        Algorithm::EdDsa => (utils.ed_pub_components_from_private_key)(document, &EllipticCurve::Ed25519)
            .map(|x| PublicKey::from_coordinates(algorithm, &x, None)),
    };
    public.ok().flatten().ok_or(KeyError::OtherAlgorithm { expected: algorithm })
}
