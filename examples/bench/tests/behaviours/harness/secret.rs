//! Tokens as material: the secret in one, its spellings in a leak, and forgeries.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

/// Octets of the session ID at the front of a decoded token.
const ID_LEN: usize = 16;

/// The shapes in which a leaked token or its secret would still be usable.
pub(crate) struct Spellings(Vec<Vec<u8>>);

impl Spellings {
    /// Whether any of them occurs in these octets.
    pub(crate) fn occur_in(&self, octets: &[u8]) -> bool {
        self.0.iter().any(|spelling| contains(octets, spelling))
    }
}

/// Every spelling of the token and of its secret: raw, decoded, hexadecimal, base64.
pub(crate) fn spellings_of(token: &str) -> Spellings {
    let mut spellings = vec![token.as_bytes().to_vec()];
    if let Ok(octets) = URL_SAFE_NO_PAD.decode(token) {
        for part in [octets.as_slice(), octets.get(ID_LEN..).unwrap_or_default()] {
            spellings.push(part.to_vec());
            spellings.push(hex(part).into_bytes());
            spellings.push(hex(part).to_ascii_uppercase().into_bytes());
            spellings.push(STANDARD.encode(part).into_bytes());
            spellings.push(STANDARD_NO_PAD.encode(part).into_bytes());
            spellings.push(URL_SAFE_NO_PAD.encode(part).into_bytes());
        }
    }
    spellings.retain(|spelling| spelling.len() >= 16);
    Spellings(spellings)
}

/// The decoded token: 16 octets of session ID, then the secret.
pub(crate) fn decoded(token: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token).expect("a token is base64url without padding")
}

/// The session ID at the front of a token.
pub(crate) fn id_of(token: &str) -> Vec<u8> {
    decoded(token)[..ID_LEN].to_vec()
}

/// A well-formed token with this session ID (hexadecimal) and this secret (cut or filled to its length).
pub(crate) fn forged_token(session_id: &str, secret: &[u8]) -> String {
    let mut octets: Vec<u8> = (0..ID_LEN)
        .map(|index| {
            u8::from_str_radix(&session_id[2 * index..2 * index + 2], 16).expect("an ID is hexadecimal")
        })
        .collect();
    octets.extend_from_slice(secret);
    octets.resize(48, 0);
    URL_SAFE_NO_PAD.encode(octets)
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02x}").expect("a String takes all text");
        text
    })
}

fn contains(octets: &[u8], sought: &[u8]) -> bool {
    memmem::find(octets, sought).is_some()
}
