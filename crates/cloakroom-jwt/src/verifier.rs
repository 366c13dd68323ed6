//! Verifies tokens, on the side of the service behind.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_core::{Timestamp, seconds};
use smallvec::SmallVec;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::claims::{self, Expected, Verified};
use crate::header;
use crate::limits::LEEWAY_MAX;
use crate::names::{Audience, Issuer};
use crate::object::Flaw;
use crate::public_key::KeyId;
use crate::refused::Refused;
use crate::verifying_keys::{JwksError, VerifyingKeys};

/// Characters of a token: the longest subject, audience and issuer of nothing but escapes fit in, and so do 64 groups with
/// names of 64 characters.
const TOKEN_LEN_MAX: usize = 16 * 1024;
/// Characters of a header.
const HEADER_LEN_MAX: usize = 1024;
/// Octets of a signature, of both algorithms, and characters of it.
const SIGNATURE_LEN: usize = 64;
const SIGNATURE_TEXT_LEN: usize = 86;

/// Clocks that are set by the network differ by less.
const LEEWAY_DEFAULT: Duration = seconds(10);

/// Verifies the tokens of one issuer for one audience.
///
/// Everything that a verdict depends on is configured: the algorithm, the issuer, the audience, the keys. Of what a token
/// says about its own verification, only the name of one of the configured keys is used.
///
/// Nothing here fetches anything. The service reads the issuer's key set when it starts and then at least once per
/// announcement of a new key (`max-age` of the answer, a quarter of an hour by default), and hands it in with
/// [`refresh`](Self::refresh). Calls of `verify` under way go on with the keys that they began with. When the set cannot
/// be read, the keys so far stay good; a set read after [`Refused::may_be_of_a_newer_key`], at most once a minute,
/// makes a late start or a missed turn good.
///
/// ```
/// use cloakroom_core::Timestamp;
/// use cloakroom_jwt::{Algorithm, Audience, Issuer, Refused, Verifier};
///
/// let jwks = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-11","use":"sig","alg":"EdDSA",
///     "x":"ZzssB5ggz5tQ6i3B8UO3y6p9QpO6fh9dw3eWGBORAcc"}]}"#;
/// let (issuer, audience) = (Issuer::new("https://id.example.com")?, Audience::new("https://orders.example.com")?);
/// let verifier = Verifier::new(Algorithm::EdDsa, issuer, audience, jwks)?;
///
/// let now = Timestamp::from_millis(1_800_000_000_000); // from the service's clock
/// assert_eq!(verifier.verify("not.a.token", now), Err(Refused::Header(cloakroom_jwt::Flaw::NotBase64Url)));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
/// A good token says who the user was when it was minted, at most five minutes ago. Whether they have signed out since, it
/// cannot say.
///
/// Source: RFC 8725 3; RFC 9068 4; ASVS 5.0 9.1, 9.2.
pub struct Verifier {
    algorithm: Algorithm,
    issuer: Issuer,
    audience: Audience,
    leeway: Duration,
    keys: RwLock<Arc<VerifyingKeys>>,
}

/// The leeway is longer than a verifier may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("clocks may differ by at most {} seconds", LEEWAY_MAX.as_secs())]
pub struct InvalidLeeway;

impl Verifier {
    /// A verifier of this issuer's tokens for this audience, with the keys of a JWKS document.
    ///
    /// It allows for clocks that differ by ten seconds.
    ///
    /// # Errors
    /// [`JwksError`] when the document has no key for the algorithm, or one that must not be there.
    pub fn new(
        algorithm: Algorithm,
        issuer: Issuer,
        audience: Audience,
        jwks: &[u8],
    ) -> Result<Self, JwksError> {
        let keys = RwLock::new(Arc::new(VerifyingKeys::of_jwks(algorithm, jwks)?));
        Ok(Self { algorithm, issuer, audience, leeway: LEEWAY_DEFAULT, keys })
    }

    /// The same verifier with another allowance for clocks that differ.
    ///
    /// # Errors
    /// [`InvalidLeeway`] above [`LEEWAY_MAX`].
    pub fn with_leeway(self, leeway: Duration) -> Result<Self, InvalidLeeway> {
        if leeway > LEEWAY_MAX { Err(InvalidLeeway) } else { Ok(Self { leeway, ..self }) }
    }

    /// Puts the keys of a JWKS document in the place of those so far.
    ///
    /// # Errors
    /// [`JwksError`]; the keys so far stay then.
    pub fn refresh(&self, jwks: &[u8]) -> Result<(), JwksError> {
        let keys = Arc::new(VerifyingKeys::of_jwks(self.algorithm, jwks)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Verifies a token, without the `Bearer` before it.
    ///
    /// Takes as long as checking the signature and a few microseconds; refuses most of what is no token for less.
    ///
    /// # Errors
    /// [`Refused`] says why it is not good here and now.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Refused> {
        if token.len() > TOKEN_LEN_MAX {
            return Err(Refused::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused::NotThreeParts)?;
        let (header, payload) = message.split_once('.').ok_or(Refused::NotThreeParts)?;
        if payload.contains('.') {
            return Err(Refused::NotThreeParts);
        }
        self.check_signature(header, message, signature)?;
        // Nothing of what a stranger wrote is read before this line, except the header.
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Refused::Claims(Flaw::NotBase64Url))?;
        let (issuer, audience, leeway) = (&self.issuer, &self.audience, self.leeway);
        claims::judge(&payload, &Expected { issuer, audience, leeway, now })
    }

    fn check_signature(&self, header: &str, message: &str, signature: &str) -> Result<(), Refused> {
        if header.len() > HEADER_LEN_MAX {
            return Err(Refused::TooLong);
        }
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| Refused::Header(Flaw::NotBase64Url))?;
        let id = header::key_id_of(&header, self.algorithm)?;
        let keys = Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        let key = keys.find(&id.0).ok_or(Refused::UnknownKey)?;
        let mut octets = [0; SIGNATURE_LEN];
        // Only one text stands for a signature: bits that mean nothing are refused when they are set.
        let decoded = URL_SAFE_NO_PAD.decode_slice(signature, &mut octets);
        let is_whole = signature.len() == SIGNATURE_TEXT_LEN && decoded == Ok(SIGNATURE_LEN);
        if is_whole && key.verifies(message.as_bytes(), &octets) { Ok(()) } else { Err(Refused::Signature) }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let keys: SmallVec<[&KeyId; 4]> = keys.names().collect();
        f.debug_struct("Verifier")
            .field("algorithm", &self.algorithm)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("leeway", &self.leeway)
            .field("keys", &keys)
            .finish()
    }
}
