//! The 32 octets that a private key is, and the forms in which they come and go.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pem_rfc7468::LineEnding;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::key_error::KeyError;

/// Octets of a private key, of both algorithms.
pub(crate) const LEN: usize = 32;

/// A private key: the scalar of P-256, the seed of Ed25519. Wiped on drop.
pub(crate) type Secret = Zeroizing<[u8; LEN]>;

/// The label of PKCS#8 in PEM.
const PEM_LABEL: &str = "PRIVATE KEY";

/// A key file is a few hundred octets.
const FILE_LEN_MAX: usize = 4096;

/// What stands before the secret in the shortest PKCS#8 document of a key, without the optional public key.
///
/// Source: RFC 5208 5; RFC 5915 3; RFC 8410 7.
const fn pkcs8_head(algorithm: Algorithm) -> &'static [u8] {
    match algorithm {
        Algorithm::Es256 => &[
            0x30, 0x41, 0x02, 0x01, 0x00, // PrivateKeyInfo, version 0
            0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, // id-ecPublicKey
            0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, // secp256r1
            0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20, // ECPrivateKey, version 1
        ],
        Algorithm::EdDsa => &[
            0x30, 0x2e, 0x02, 0x01, 0x00, // PrivateKeyInfo, version 0
            0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, // id-Ed25519
            0x04, 0x22, 0x04, 0x20, // CurvePrivateKey
        ],
    }
}

/// The PKCS#8 document of a secret.
pub(crate) fn to_pkcs8(algorithm: Algorithm, secret: &Secret) -> Zeroizing<Vec<u8>> {
    let head = pkcs8_head(algorithm);
    // As long as it gets, so that no outgrown buffer is left behind unwiped.
    let mut document = Zeroizing::new(Vec::with_capacity(head.len() + LEN));
    document.extend_from_slice(head);
    document.extend_from_slice(&**secret);
    document
}

/// The PKCS#8 document of a secret on P-256 with its public point beside it: some readers demand it, and the others need
/// not work it out.
pub(crate) fn to_pkcs8_with_point(secret: &Secret, point: &[u8]) -> Zeroizing<Vec<u8>> {
    let identifier = &pkcs8_head(Algorithm::Es256)[5..26];
    let parts: [&[u8]; 6] = [
        &[0x30, 0x81, 0x87, 0x02, 0x01, 0x00], // PrivateKeyInfo, version 0
        identifier,
        &[0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20], // ECPrivateKey, version 1
        &**secret,
        &[0xa1, 0x44, 0x03, 0x42, 0x00], // publicKey
        point,
    ];
    // `concat` reserves all that it needs at once.
    Zeroizing::new(parts.concat())
}

/// Whether a PKCS#8 document says that it is a key of this algorithm.
pub(crate) fn is_of(algorithm: Algorithm, document: &[u8]) -> bool {
    let identifier = match algorithm {
        Algorithm::Es256 => &pkcs8_head(algorithm)[5..26],
        Algorithm::EdDsa => &pkcs8_head(algorithm)[5..12],
    };
    document.windows(identifier.len()).any(|window| window == identifier)
}

/// The public key in such a document, as its [octets](crate::public_key::PublicKey::octets), where it has one.
///
/// Source: RFC 5915 3; RFC 5958 2.
pub(crate) fn public_in_pkcs8(algorithm: Algorithm, document: &[u8]) -> Option<&[u8]> {
    let (mark, len): (&[u8], usize) = match algorithm {
        Algorithm::Es256 => (&[0x03, 0x42, 0x00], 65),
        Algorithm::EdDsa => (&[0x81, 0x21, 0x00], 32),
    };
    let at = document.windows(mark.len()).position(|window| window == mark)?;
    document[at + mark.len()..].get(..len)
}

/// The secret in such a document.
///
/// The lengths around it differ with what else the document holds; the octets right before it do not. Whoever calls
/// compares the public keys of what went in and what came out.
pub(crate) fn of_pkcs8(algorithm: Algorithm, document: &[u8]) -> Option<Secret> {
    let mark = match algorithm {
        Algorithm::Es256 => &pkcs8_head(algorithm)[30..],
        Algorithm::EdDsa => &pkcs8_head(algorithm)[12..],
    };
    let at = document.windows(mark.len()).position(|window| window == mark)?;
    let secret: &[u8; LEN] = document[at + mark.len()..].first_chunk()?;
    Some(Zeroizing::new(*secret))
}

/// The PKCS#8 document in a PEM text.
pub(crate) fn pkcs8_of_pem(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if text.len() > FILE_LEN_MAX {
        return Err(KeyError::Malformed);
    }
    let (label, document) = pem_rfc7468::decode_vec(text.as_bytes()).map_err(|_| KeyError::Malformed)?;
    let document = Zeroizing::new(document);
    if label == PEM_LABEL { Ok(document) } else { Err(KeyError::Malformed) }
}

/// The PEM text of a PKCS#8 document.
pub(crate) fn pem_of_pkcs8(document: &[u8]) -> Zeroizing<String> {
    let text = pem_rfc7468::encode_string(PEM_LABEL, LineEnding::LF, document);
    Zeroizing::new(text.expect("a hundred octets are not too many for PEM"))
}

/// A private JWK, as far as it concerns us.
#[derive(Deserialize)]
struct PrivateJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    y: Option<&'a str>,
    d: &'a str,
}

/// What a private JWK says: its secret, and the public key that it claims.
pub(crate) struct OfJwk {
    pub(crate) secret: Secret,
    pub(crate) x: Vec<u8>,
    pub(crate) y: Option<Vec<u8>>,
}

/// Reads a private JWK.
///
/// Source: RFC 7518 6.2.2; RFC 8037 2.
pub(crate) fn of_jwk(algorithm: Algorithm, json: &[u8]) -> Result<OfJwk, KeyError> {
    if json.len() > FILE_LEN_MAX {
        return Err(KeyError::Malformed);
    }
    let jwk: PrivateJwk<'_> = serde_json::from_slice(json).map_err(|_| KeyError::Malformed)?;
    if (jwk.kty, jwk.crv) != algorithm.key_type_and_curve() {
        return Err(KeyError::OtherAlgorithm { expected: algorithm });
    }
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Malformed);
    let mut secret: Secret = Zeroizing::new([0; LEN]);
    let decoded = Zeroizing::new(decode(jwk.d)?);
    if decoded.len() != LEN {
        return Err(KeyError::Malformed);
    }
    secret.copy_from_slice(&decoded);
    Ok(OfJwk { secret, x: decode(jwk.x)?, y: jwk.y.map(decode).transpose()? })
}

/// Whether somebody typed the secret rather than drew it: it is text, or repeats itself, or counts.
///
/// Of drawn secrets, fewer than one in 10^13 look so.
pub(crate) fn looks_typed(secret: &Secret) -> bool {
    const PRINTABLE: RangeInclusive<u8> = b' '..=b'~';
    const DISTINCT_MIN: usize = 12;
    let mut distinct = Zeroizing::new(**secret);
    distinct.sort_unstable();
    let distinct = 1 + distinct.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let step = secret[1].wrapping_sub(secret[0]);
    secret.iter().all(|octet| PRINTABLE.contains(octet))
        || distinct < DISTINCT_MIN
        || secret[..LEN / 2] == secret[LEN / 2..]
        || secret.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
}
