//! Octets in hexadecimal digits, two each.

use std::fmt;

/// Shows octets so, in lower case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// So many octets, and nothing else, in either case.
///
/// By hand, since every request of a signed-in user has a user's number read, and since the standard library's own takes signs too.
pub(crate) fn octets<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut octets = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (read, pair) in octets.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *read = octet(pair)?;
    }
    Some(octets)
}

/// The octet of two digits, in either case.
pub(crate) fn octet(pair: &[u8]) -> Option<u8> {
    let [high, low] = *pair else { return None };
    Some(digit(high)? << 4 | digit(low)?)
}

const fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again_and_nothing_else_is() {
        let every: [u8; 256] = std::array::from_fn(|octet| u8::try_from(octet).unwrap());
        let text = Hex(&every).to_string();
        assert!(text.starts_with("000102") && text.ends_with("fdfeff"));
        assert_eq!(octets(&text), Some(every));
        assert_eq!(octets(&text.to_uppercase()), Some(every));
        for wrong in ["", "0", "00", "0000000", "00000g", "+00000", "0x0000", "ää0"] {
            assert_eq!(octets::<3>(wrong), None, "{wrong}");
        }
    }
}
