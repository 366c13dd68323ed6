//! Octets as text: base64 in the variants of the systems, hexadecimal, percent-encoding, compressed data.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use zeroize::Zeroizing;

use crate::Refusal;
use crate::limits::INFLATED_BYTES_MAX;

/// What Ruby's `strict_decode64` reads: exactly one text for each octets.
pub(crate) const STANDARD: GeneralPurpose = general_purpose::STANDARD;
pub(crate) const STANDARD_UNPADDED: GeneralPurpose = general_purpose::STANDARD_NO_PAD;
pub(crate) const URL_SAFE_PADDED: GeneralPurpose = general_purpose::URL_SAFE;
pub(crate) const URL_SAFE_UNPADDED: GeneralPurpose = general_purpose::URL_SAFE_NO_PAD;

/// Python, PHP, Elixir, Go and JavaScript ignore the bits of the last character that stand for no octet. Where such a text
/// is compared as octets, a cookie with other bits there is the same cookie to them, and here.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
pub(crate) const STANDARD_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    LENIENT.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
pub(crate) const URL_SAFE_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    LENIENT.with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
pub(crate) const URL_SAFE_PADDED_LENIENT: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

pub(crate) fn from_base64(
    engine: &GeneralPurpose,
    text: impl AsRef<[u8]>,
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    engine.decode(text).map(Zeroizing::new).map_err(|_| Refusal::Malformed)
}

/// The value, when it is no longer than `bytes_max`.
pub(crate) fn bounded(value: &[u8], bytes_max: usize) -> Result<&[u8], Refusal> {
    if value.len() > bytes_max { Err(Refusal::TooLong) } else { Ok(value) }
}

/// The value as text, of which all these formats want ASCII only.
pub(crate) fn ascii(value: &[u8]) -> Result<&str, Refusal> {
    str::from_utf8(value).ok().filter(|text| text.is_ascii()).ok_or(Refusal::Malformed)
}

/// What stands before and after the last separator.
pub(crate) fn split_last(text: &str, separator: char) -> Result<(&str, &str), Refusal> {
    text.rsplit_once(separator).ok_or(Refusal::Malformed)
}

/// Octets from lower-case hexadecimal. Upper case is refused: the systems compare such digests as text.
pub(crate) fn unhex(text: &str) -> Result<Vec<u8>, Refusal> {
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let octets = pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?));
    octets.collect::<Option<_>>().filter(|_| rest.is_empty()).ok_or(Refusal::Malformed)
}

/// What a plus sign means in a percent-encoded cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    /// A space, as in forms: Rack.
    Space,
    /// Itself: JavaScript, PHP.
    Kept,
}

/// The octets of a percent-encoded text, or `None` when a per cent sign is not followed by two digits.
pub(crate) fn percent_decoded(value: &[u8], plus: Plus) -> Option<Vec<u8>> {
    let digit = |at: Option<&u8>| char::from(*at?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => digit(rest.next())? << 4 | digit(rest.next())?,
            b'+' if plus == Plus::Space => b' ',
            other => *other,
        });
    }
    Some(octets)
}

/// Decompresses zlib data up to [`INFLATED_BYTES_MAX`] octets, so that a small cookie cannot fill the memory.
pub(crate) fn inflate(compressed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    decompress_to_vec_zlib_with_limit(compressed, INFLATED_BYTES_MAX).map(Zeroizing::new).map_err(|error| {
        if error.status == TINFLStatus::HasMoreOutput { Refusal::TooLarge } else { Refusal::Undecodable }
    })
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec_zlib;

    use super::*;

    #[test]
    fn a_small_text_that_inflates_to_much_is_refused_at_the_limit() {
        let bomb = compress_to_vec_zlib(&vec![0; INFLATED_BYTES_MAX + 1], 9);
        assert!(bomb.len() < 1024);
        assert_eq!(inflate(&bomb).err(), Some(Refusal::TooLarge));
        let most = compress_to_vec_zlib(&vec![0; INFLATED_BYTES_MAX], 9);
        assert_eq!(inflate(&most).map(|text| text.len()), Ok(INFLATED_BYTES_MAX));
        assert_eq!(inflate(&most[..most.len() - 1]).err(), Some(Refusal::Undecodable));
    }

    #[test]
    fn hexadecimal_is_read_in_lower_case_and_whole_octets_only() {
        assert_eq!(unhex("0009afff"), Ok(vec![0, 9, 0xAF, 255]));
        for odd in ["a", "0A", "g0", "0 "] {
            assert_eq!(unhex(odd), Err(Refusal::Malformed), "{odd}");
        }
    }

    #[test]
    fn percent_decoding_wants_two_digits_and_knows_both_meanings_of_a_plus() {
        assert_eq!(percent_decoded(b"a%2Fb%2f+", Plus::Kept).as_deref(), Some(&b"a/b/+"[..]));
        assert_eq!(percent_decoded(b"+%2B", Plus::Space).as_deref(), Some(&b" +"[..]));
        for odd in [&b"%"[..], b"%2", b"%zz", b"%+1"] {
            assert_eq!(percent_decoded(odd, Plus::Kept), None);
        }
    }
}
