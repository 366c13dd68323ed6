//! What is known of where a request comes from.

use std::net::IpAddr;

/// The client's address, as an outer layer that knows the proxies in front has found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The fingerprint of the client's TLS handshake, as a trusted proxy has handed it over: a JA4 or what else it computes.
///
/// The text is of at most [`TlsFingerprint::LEN_MAX`] visible ASCII characters, and is compared octet for octet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TlsFingerprint(Box<str>);

impl TlsFingerprint {
    /// The most octets of a fingerprint; a JA4 has 36.
    pub const LEN_MAX: usize = 64;

    /// A fingerprint of this text; `None` when it is empty, too long or not made of visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = (1..=Self::LEN_MAX).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic());
        is_one.then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_short_visible_text() {
        let ja4 = "t13d1516h2_8daaf6152771_b186095e22b6";
        assert_eq!(TlsFingerprint::parse(ja4).unwrap().as_str(), ja4);
        let too_long = "t".repeat(TlsFingerprint::LEN_MAX + 1);
        for text in ["", "two words", "tab\t", "é", &too_long] {
            assert_eq!(TlsFingerprint::parse(text), None, "{text:?}");
        }
    }
}
