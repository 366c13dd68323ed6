//! Hash functions, HMAC over them, and PBKDF2 over that.

use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// A hash function that one of the systems can be configured with.
///
/// SHA-1 is here because cookies signed with it are out there. HMAC-SHA-1 has no known forgery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Digest {
    /// SHA-1: the default of Flask, of `cookie-session`, of Rails' signed cookies and of its keys before 7.0.
    Sha1,
    /// SHA-256: the default of the others.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    pub(crate) fn hash(self, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Sha1 => hash::<Sha1>(parts),
            Self::Sha256 => hash::<Sha256>(parts),
            Self::Sha384 => hash::<Sha384>(parts),
            Self::Sha512 => hash::<Sha512>(parts),
        }
    }

    pub(crate) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Sha1 => hmac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => hmac::<Hmac<Sha256>>(key, parts),
            Self::Sha384 => hmac::<Hmac<Sha384>>(key, parts),
            Self::Sha512 => hmac::<Hmac<Sha512>>(key, parts),
        }
    }

    /// Whether `tag` is the HMAC, whole, of the parts; found out in constant time.
    pub(crate) fn is_hmac(self, key: &[u8], parts: &[&[u8]], tag: &[u8]) -> bool {
        match self {
            Self::Sha1 => fed::<Hmac<Sha1>>(key, parts).verify_slice(tag).is_ok(),
            Self::Sha256 => fed::<Hmac<Sha256>>(key, parts).verify_slice(tag).is_ok(),
            Self::Sha384 => fed::<Hmac<Sha384>>(key, parts).verify_slice(tag).is_ok(),
            Self::Sha512 => fed::<Hmac<Sha512>>(key, parts).verify_slice(tag).is_ok(),
        }
    }

    pub(crate) fn pbkdf2(
        self,
        secret: &[u8],
        salt: &[u8],
        rounds: u32,
        key_bytes: usize,
    ) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(vec![0; key_bytes]);
        match self {
            Self::Sha1 => pbkdf2_hmac::<Sha1>(secret, salt, rounds, &mut key),
            Self::Sha256 => pbkdf2_hmac::<Sha256>(secret, salt, rounds, &mut key),
            Self::Sha384 => pbkdf2_hmac::<Sha384>(secret, salt, rounds, &mut key),
            Self::Sha512 => pbkdf2_hmac::<Sha512>(secret, salt, rounds, &mut key),
        }
        key
    }
}

fn hash<D: sha2::Digest>(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    Zeroizing::new(digest.finalize().to_vec())
}

fn hmac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(fed::<M>(key, parts).finalize().into_bytes().to_vec())
}

fn fed<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> M {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}
