//! Decodings that tokens are written in.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// No cookie holds more, packed or not.
const INFLATED_MAX: usize = 64 * 1024;

/// Base64, of either alphabet.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).or_else(|_| STANDARD.decode(text)).ok()
}

/// Base64 without padding, as signatures of Express are written.
pub(super) fn to_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets).trim_end_matches('=').to_owned()
}

/// Base64url without padding.
pub(super) fn to_base64url(octets: &[u8]) -> String {
    URL_SAFE.encode(octets).trim_end_matches('=').to_owned()
}

/// Two digits of base 16 for each octet.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect::<Option<Vec<u8>>>()
        .filter(|_| text.bytes().all(|octet| octet.is_ascii_hexdigit()))
}

/// What was packed by zlib.
pub(super) fn inflate(octets: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_zlib_with_limit(octets, INFLATED_MAX).ok()
}

/// Percent-encoding, where there is any.
pub(super) fn percent(value: &[u8]) -> String {
    percent_encoding::percent_decode(value).decode_utf8_lossy().into_owned()
}
