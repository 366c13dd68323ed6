//! The private half of a key: made, loaded, kept, and what it signs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::Entropy;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
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
    secret: Secret,
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
        if !secret::is_of(algorithm, document) {
            return Err(KeyError::OtherAlgorithm { expected: algorithm });
        }
        let secret = secret::of_pkcs8(algorithm, document).ok_or(KeyError::Malformed)?;
        let key = Self::of_secret(algorithm, &secret)?;
        match secret::public_in_pkcs8(algorithm, document) {
            Some(claimed) if claimed == key.public.octets() => Ok(key),
            Some(_) => Err(KeyError::Unmatched),
            // Without a public key in it to compare, it is the shortest there is or none.
            None if *secret::to_pkcs8(algorithm, &secret) == document => Ok(key),
            None => Err(KeyError::Malformed),
        }
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
        let claimed = claimed.ok_or(KeyError::Malformed)?;
        let key = Self::of_secret(algorithm, &read.secret)?;
        if key.public == claimed { Ok(key) } else { Err(KeyError::Unmatched) }
    }

    /// Every key comes through here, whatever it was written in.
    fn of_secret(algorithm: Algorithm, secret: &Secret) -> Result<Self, KeyError> {
        if secret::looks_typed(secret) {
            return Err(KeyError::Placeholder);
        }
        let public = public_of(algorithm, secret).ok_or(KeyError::Malformed)?;
        if public.is_printed() {
            return Err(KeyError::PrintedExample);
        }
        let id = public.thumbprint();
        // None of the three values needs an escape.
        let header = format!(r#"{{"alg":"{algorithm}","kid":"{id}","typ":"{TOKEN_TYPE}"}}"#);
        Ok(Self { public, id, secret: Zeroizing::new(**secret), header: URL_SAFE_NO_PAD.encode(header) })
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
        let document = match self.algorithm() {
            Algorithm::Es256 => secret::to_pkcs8_with_point(&self.secret, self.public.octets()),
            algorithm @ Algorithm::EdDsa => secret::to_pkcs8(algorithm, &self.secret),
        };
        secret::pem_of_pkcs8(&document)
    }

    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        // The library's own form of the key is made for each signature, since that is not wiped on drop.
        let (secret, public) = (&*self.secret, self.public.octets());
        let signature = match self.algorithm() {
            Algorithm::Es256 => {
                let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
                EcdsaKeyPair::from_private_key_and_public_key(algorithm, secret, public, &random)
                    .map_err(|_| Refusal)?
                    .sign(&random, message)
                    .map_err(|_| Refusal)?
            }
            Algorithm::EdDsa => {
                Ed25519KeyPair::from_seed_and_public_key(secret, public).map_err(|_| Refusal)?.sign(message)
            }
        };
        Ok(signature.as_ref().to_vec())
    }
}

/// The public key of a secret; `None` when it is no scalar of the curve.
fn public_of(algorithm: Algorithm, secret: &Secret) -> Option<PublicKey> {
    match algorithm {
        Algorithm::Es256 => {
            // The one thing that ring does not do: it wants to be told the point.
            let point = SecretKey::from_slice(&**secret).ok()?.public_key().to_sec1_point(false);
            PublicKey::from_coordinates(algorithm, point.x()?, Some(point.y()?))
        }
        Algorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_seed_unchecked(&**secret).ok()?;
            PublicKey::from_coordinates(algorithm, pair.public_key().as_ref(), None)
        }
    }
}
