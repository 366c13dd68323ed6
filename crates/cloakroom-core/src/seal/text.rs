//! What sealed and signed values have in common: keys of a purpose, and base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

/// What a value is for. Values of two purposes never pass for each other, whatever cookie they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(&'static str);

impl Purpose {
    /// A session in a cookie.
    pub const SESSION: Self = Self("session");

    /// A purpose of an application's own.
    ///
    /// # Panics
    /// When the name is empty; in a const that is a compile error.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty(), "a purpose has a name");
        Self(name)
    }

    pub(super) const fn name(self) -> &'static str {
        self.0
    }
}

/// Which kind of value it is; the first of its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Sealed = 1,
    Signed = 2,
}

/// What a value is bound to.
pub(super) struct Binding {
    info: Vec<u8>,
}

impl Binding {
    pub(super) fn new(kind: Kind, purpose: Purpose, cookie: &str) -> Self {
        // Lengths keep two neighbours from passing octets to each other.
        let mut info = vec![kind as u8];
        for part in [purpose.name(), cookie] {
            info.extend_from_slice(&(part.len() as u64).to_be_bytes());
            info.extend_from_slice(part.as_bytes());
        }
        Self { info }
    }

    /// The key of this purpose and cookie.
    pub(super) fn key(&self, master: &[u8], key: &mut [u8; 32]) {
        expand(master, &[b"cloakroom value", &self.info], key);
    }

    /// What is authenticated beside the payload.
    pub(super) fn associated(&self, key_id: &[u8]) -> Vec<u8> {
        [self.info.as_slice(), key_id].concat()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-256 of a key that is uniform already.
pub(super) fn expand(master: &[u8], info: &[&[u8]], out: &mut [u8]) {
    let length = Length(out.len());
    let derived = Salt::new(HKDF_SHA256, b"cloakroom 1").extract(master);
    let filled = derived.expand(info, length).and_then(|okm| okm.fill(out));
    filled.expect("a few octets are never too many for HKDF");
}

/// Characters of the text of this many octets.
pub(super) const fn text_len(octets: usize) -> usize {
    (octets * 4).div_ceil(3)
}

pub(super) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// The octets of a text of up to `octets_max`; one text stands for each value, so a changed last character is refused.
pub(super) fn decode(text: &[u8], octets_max: usize) -> Option<Vec<u8>> {
    if text.len() > text_len(octets_max) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()
}
