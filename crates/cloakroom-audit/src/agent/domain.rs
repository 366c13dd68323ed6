//! Hosts, domains and sites.
//!
//! Source: RFC 6265bis 5.1.3, 5.2; Secure Contexts 3.1; the Public Suffix List.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cloakroom_suffixes::Split;
use url::{Host, Url};

/// Whether a cookie of this domain belongs to this host too.
pub(super) fn domain_matches(host: &str, domain: &str) -> bool {
    if host == domain {
        return true;
    }
    let is_below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    is_below && !domain.is_empty() && address(host).is_none()
}

/// Whether strangers register names under this one.
///
/// A name that the list does not know ends in a suffix of one label: so `localhost` and `test` are suffixes.
pub fn is_public_suffix(domain: &str) -> bool {
    address(domain).is_none() && Split::of(domain).suffix() == domain
}

/// The part of a host that one owner has registered: a public suffix and one label. An address, or a suffix, is its own.
pub fn registrable_domain(host: &str) -> &str {
    if address(host).is_some() { host } else { Split::of(host).registered().unwrap_or(host) }
}

/// Whether both belong to one owner, as browsers tell sites apart, but for their schemes.
pub fn same_site(one: &Url, other: &Url) -> bool {
    match (one.host_str(), other.host_str()) {
        (Some(one), Some(other)) => registrable_domain(one) == registrable_domain(other),
        _ => false,
    }
}

/// Whether browsers take what comes from there for untouched on its way: TLS, or this machine.
pub fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" || is_local(url)
}

/// Whether the host is this machine.
pub fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An address, written as hosts of URLs write it.
fn address(host: &str) -> Option<IpAddr> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    }
    host.parse::<Ipv4Addr>().ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_covers_its_hosts_and_no_address() {
        assert!(domain_matches("a.example.com", "example.com"));
        assert!(!domain_matches("aexample.com", "example.com"));
        assert!(!domain_matches("1.2.3.4", "3.4"));
        assert!(domain_matches("1.2.3.4", "1.2.3.4"));
    }

    #[test]
    fn suffixes_are_those_of_the_list_and_single_labels() {
        for suffix in ["com", "co.uk", "github.io", "test", "localhost"] {
            assert!(is_public_suffix(suffix), "{suffix}");
        }
        for name in ["example.com", "a.test", "127.0.0.1", "[::1]"] {
            assert!(!is_public_suffix(name), "{name}");
        }
        assert_eq!(registrable_domain("a.b.example.co.uk"), "example.co.uk");
        assert_eq!(registrable_domain("127.0.0.1"), "127.0.0.1");
    }

    #[test]
    fn this_machine_is_secure_without_tls() {
        for (url, expected) in [
            ("https://example.com/", true),
            ("http://example.com/", false),
            ("http://localhost:1/", true),
            ("http://a.localhost/", true),
            ("http://127.0.0.9/", true),
            ("http://[::1]/", true),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(is_secure(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
