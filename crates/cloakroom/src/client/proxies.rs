//! Which proxies are believed, and what they say of the client.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use thiserror::Error;

use super::forwarded::{Family, NoAddress};
use super::{Network, TlsFingerprint};

/// The proxies in front of the application, and the fields by which they tell where a request comes from.
///
/// # Security
/// Nothing that a peer outside of these networks says is believed. Of the two families of fields only the chosen one is read: a proxy
/// that sets one may pass on what a client wrote into the other.
///
/// Source: ASVS 5.0 4.1.3; RFC 7239, 8.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Box<[Network]>,
    family: Family,
    fingerprint: Option<HeaderName>,
}

/// The text is no name of a header field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no name of a header field")]
pub struct InvalidFieldName(String);

impl TrustedProxies {
    /// No proxy: the client is who connects.
    pub fn none() -> Self {
        Self::default()
    }

    /// Proxies that append to `X-Forwarded-For`.
    pub fn x_forwarded_for(networks: impl IntoIterator<Item = Network>) -> Self {
        Self { networks: networks.into_iter().collect(), family: Family::XForwardedFor, fingerprint: None }
    }

    /// Proxies that append to `Forwarded` (RFC 7239).
    pub fn forwarded(networks: impl IntoIterator<Item = Network>) -> Self {
        Self { family: Family::Forwarded, ..Self::x_forwarded_for(networks) }
    }

    /// The same, when the proxy hands over the fingerprint of the client's TLS handshake in this field, such as `x-ja4`.
    ///
    /// # Errors
    /// [`InvalidFieldName`].
    ///
    /// # Security
    /// The proxy that connects to us must replace the field in every request: what it passes on from a client is believed.
    pub fn tls_fingerprint_in(self, field: &str) -> Result<Self, InvalidFieldName> {
        let name = HeaderName::try_from(field).map_err(|_| InvalidFieldName(field.to_owned()))?;
        Ok(Self { fingerprint: Some(name), ..self })
    }

    /// Whether an address belongs to a trusted proxy.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The client's address: the socket's, or behind trusted proxies the rightmost hop that is none of them.
    ///
    /// Every hop left of the first untrusted one may be invented, so none is looked at. When a hop that is looked at is no address, the
    /// field is worth nothing, and the socket's address stands. When all hops are trusted, the request began at the first of them.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let mut client = peer;
        for hop in self.family.hops(headers) {
            match hop {
                Ok(hop) => client = hop,
                Err(NoAddress) => return peer,
            }
            if !self.contains(client) {
                break;
            }
        }
        client
    }

    /// The fingerprint of the client's TLS handshake, when the peer is trusted and has said exactly one.
    pub fn tls_fingerprint(&self, peer: IpAddr, headers: &HeaderMap) -> Option<TlsFingerprint> {
        let field = self.fingerprint.as_ref()?;
        let mut lines = headers.get_all(field).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else { return None };
        let fingerprint = TlsFingerprint::parse(line.to_str().ok()?)?;
        self.contains(peer.to_canonical()).then_some(fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    fn trusted(texts: &[&str]) -> Vec<Network> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn client(networks: &[&str], peer: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| ("x-forwarded-for", *line)).collect();
        let proxies = TrustedProxies::x_forwarded_for(trusted(networks));
        proxies.client_address(peer.parse().unwrap(), &headers(&lines)).to_string()
    }

    #[test]
    fn bnd_02_an_untrusted_peer_cannot_choose_its_address() {
        assert_eq!(client(&[], "127.0.0.1", &["10.9.9.9"]), "127.0.0.1");
        assert_eq!(client(&["10.0.0.1"], "203.0.113.5", &["10.9.9.9"]), "203.0.113.5");
        assert_eq!(client(&["10.0.0.1"], "::ffff:203.0.113.5", &["10.9.9.9"]), "203.0.113.5");
    }

    #[test]
    fn bnd_02_the_rightmost_untrusted_hop_is_the_client() {
        let networks = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(client(&networks, "127.0.0.1", &["6.6.6.6, 203.0.113.5, 10.0.0.3"]), "203.0.113.5");
        assert_eq!(client(&networks, "127.0.0.1", &["6.6.6.6", "203.0.113.5:47, 10.0.0.3"]), "203.0.113.5");
        assert_eq!(client(&networks, "127.0.0.1", &["garbage, 203.0.113.5"]), "203.0.113.5");
        assert_eq!(client(&networks, "127.0.0.1", &["10.0.0.4"]), "10.0.0.4");
        assert_eq!(client(&networks, "127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn a_field_with_a_hop_that_is_no_address_leaves_the_address_of_the_socket() {
        let networks = ["127.0.0.1", "10.0.0.0/8"];
        for line in ["203.0.113.5, unknown", "unknown, 10.0.0.3", "", ","] {
            assert_eq!(client(&networks, "127.0.0.1", &[line]), "127.0.0.1", "{line:?}");
        }
    }

    #[test]
    fn bnd_02_the_family_that_was_not_chosen_is_not_read() {
        let both = headers(&[("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.2")]);
        let peer = IpAddr::from([10, 0, 0, 1]);
        let by = |proxies: TrustedProxies| proxies.client_address(peer, &both).to_string();
        assert_eq!(by(TrustedProxies::x_forwarded_for(trusted(&["10.0.0.1"]))), "192.0.2.1");
        assert_eq!(by(TrustedProxies::forwarded(trusted(&["10.0.0.1"]))), "192.0.2.2");
        assert_eq!(by(TrustedProxies::none()), "10.0.0.1");
    }

    #[test]
    fn a_fingerprint_is_believed_from_a_trusted_peer_that_says_one() {
        let proxies = TrustedProxies::none().tls_fingerprint_in("x-ja4").unwrap();
        let proxies = TrustedProxies { networks: trusted(&["10.0.0.1"]).into(), ..proxies };
        let told = |peer: [u8; 4], lines: &[(&str, &str)]| {
            proxies.tls_fingerprint(peer.into(), &headers(lines)).map(|told| told.as_str().to_owned())
        };
        let (proxy, stranger) = ([10, 0, 0, 1], [203, 0, 113, 5]);
        assert_eq!(told(proxy, &[("x-ja4", "t13d_a_b")]).as_deref(), Some("t13d_a_b"));
        assert_eq!(told(stranger, &[("x-ja4", "t13d_a_b")]), None);
        assert_eq!(told(proxy, &[("x-ja4", "t13d_a_b"), ("x-ja4", "t13d_a_b")]), None, "one is a client's");
        assert_eq!(told(proxy, &[]), None);
        assert!(TrustedProxies::none().tls_fingerprint_in("no name").is_err());
    }
}
