//! One key of a ring.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroize;

/// 256 bits that nobody else knows.
///
/// # Security
/// No `Debug` of its octets, no `Clone`, no `Display`; wiped on drop.
///
/// ```compile_fail
/// let key = cloakroom_core::seal::SealKey::from_entropy([7; 32]);
/// let again = key.clone();
/// ```
///
/// Source: RFC 8725 3.5; ASVS 5.0 11.2.3.
pub struct SealKey {
    octets: [u8; Self::LEN],
    id: KeyId,
}

/// The public name of a key, by which a value says what it was sealed with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; Self::LEN]);

/// A text that is no key that anything should be sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// It is no 64 hexadecimal digits.
    #[error("a key is 64 hexadecimal digits, which are 256 random bits; `openssl rand -hex 32` makes one")]
    Malformed,
    /// It looks like no random octets: a word, a pattern, or the key of an example.
    #[error("this key is no random one; `openssl rand -hex 32` makes one")]
    Weak,
}

impl KeyId {
    /// Octets of an ID.
    pub const LEN: usize = 4;

    pub(super) const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    pub(super) const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl SealKey {
    /// Octets of a key.
    pub const LEN: usize = 32;

    /// A key of these octets, which come from the operating system's CSPRNG.
    pub fn from_entropy(octets: [u8; Self::LEN]) -> Self {
        // The ID comes from the key, so that no two nodes can call different keys the same; it tells nothing about it.
        let mut id = [0; KeyId::LEN];
        super::text::expand(&octets, &[b"cloakroom key ID"], &mut id);
        Self { octets, id: KeyId(id) }
    }

    /// A key as it stands in a configuration: 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`InvalidKey`], which does not show the text.
    pub fn parse(text: &str) -> Result<Self, InvalidKey> {
        let mut octets = octets(text.trim()).ok_or(InvalidKey::Malformed)?;
        let key = if is_weak(&octets) { Err(InvalidKey::Weak) } else { Ok(Self::from_entropy(octets)) };
        octets.zeroize();
        key
    }

    /// The public name.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    pub(super) const fn octets(&self) -> &[u8; Self::LEN] {
        &self.octets
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.id)
    }
}

impl Drop for SealKey {
    fn drop(&mut self) {
        self.octets.zeroize();
    }
}

fn octets(text: &str) -> Option<[u8; SealKey::LEN]> {
    let digits: &[u8; 2 * SealKey::LEN] = text.as_bytes().try_into().ok()?;
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut octets = [0; SealKey::LEN];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        *octet = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(octets)
}

/// Whether nobody would believe that these octets were drawn at random. Of 2 to the 45th random keys, about one is refused.
fn is_weak(octets: &[u8; SealKey::LEN]) -> bool {
    let distinct = (0..=u8::MAX).filter(|octet| octets.contains(octet)).count();
    let is_text = octets.iter().all(|octet| octet.is_ascii_graphic() || *octet == b' ');
    let is_count =
        octets.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == octets[1].wrapping_sub(octets[0]));
    let is_repeated = octets[..16] == octets[16..];
    distinct < 12 || is_text || is_count || is_repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "9f1c02d7a84be36650c1fd7729e8b34a6d05f8c17e22904bb6a3d9180e5f7c41";

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert!(SealKey::parse(GOOD).is_ok());
        assert_eq!(SealKey::parse(&GOOD.to_uppercase()).unwrap().id(), SealKey::parse(GOOD).unwrap().id());
        for text in ["", "secret", "changeme", &GOOD[1..], &format!("{GOOD}0"), &GOOD.replace('9', "g")] {
            assert_eq!(SealKey::parse(text).unwrap_err(), InvalidKey::Malformed, "{text}");
        }
    }

    #[test]
    fn tok_08_what_nobody_drew_at_random_is_refused() {
        let hex =
            |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().concat();
        let counting: Vec<u8> = (0..32).collect();
        for weak in [
            hex(&[0; 32]),
            hex(&[b'a'; 32]),
            hex(&counting),
            hex(b"correct horse battery staple 123"),
            GOOD[..32].repeat(2),
            "0123456789abcdef".repeat(4),
        ] {
            assert_eq!(SealKey::parse(&weak).unwrap_err(), InvalidKey::Weak, "{weak}");
        }
    }

    #[test]
    fn neither_a_key_nor_a_refusal_shows_the_octets() {
        let key = SealKey::parse(GOOD).unwrap();
        let shown = format!("{key:?} {} {:?}", key.id(), SealKey::parse(&GOOD[2..]).unwrap_err());
        assert!(
            GOOD.as_bytes().windows(8).all(|part| !shown.contains(std::str::from_utf8(part).unwrap())),
            "{shown}"
        );
    }
}
