//! The domain whose hosts share the session cookie, where an operator wants that.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use cloakroom::CookiePolicy;
use thiserror::Error;

use crate::config::PublicUrl;
use crate::config::registered::is_registered;

/// A domain that somebody has registered, or one below it.
///
/// # Security
/// Every host below it is sent the session cookie and can set another in its place, whoever runs that host.
///
/// Source: RFC 6265bis 8.6 and 8.7; the Public Suffix List, <https://publicsuffix.org/list/>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieDomain(String);

/// The text is no domain that a cookie can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a domain of cookies is a host name in lower case that is below a public suffix")]
pub struct InvalidCookieDomain;

impl CookieDomain {
    /// The name, without a dot before it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers send a cookie of this domain to an origin's host.
    pub fn covers(&self, origin: &PublicUrl) -> bool {
        self.covers_host(origin.host())
    }

    /// Whether browsers send it to this host, or to all that are written like this with `*.` before them.
    ///
    /// Source: RFC 6265bis 5.1.3.
    pub(crate) fn covers_host(&self, host: &str) -> bool {
        let below = host.strip_suffix(self.as_str());
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    /// The session cookie of this domain.
    pub(crate) fn cookie(&self, name: &'static str) -> CookiePolicy {
        let cookie = CookiePolicy::secure(name).try_domain(&self.0);
        cookie.expect("a domain of cookies is a host name").into()
    }
}

impl FromStr for CookieDomain {
    type Err = InvalidCookieDomain;

    fn from_str(text: &str) -> Result<Self, InvalidCookieDomain> {
        let is_host_name = CookiePolicy::secure("a").try_domain(text).is_ok()
            && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
            && text.split('.').all(|label| !label.is_empty())
            && text.parse::<IpAddr>().is_err();
        if is_host_name && is_registered(text) { Ok(Self(text.to_owned())) } else { Err(InvalidCookieDomain) }
    }
}

impl fmt::Display for CookieDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_one_that_somebody_has_registered_or_one_below_it() {
        for text in [
            "example.org",
            "intern.example.org",
            "example.co.uk",
            "me.github.io",
            "corp.internal",
            "example.localhost",
        ] {
            assert_eq!(text.parse::<CookieDomain>().map(|domain| domain.to_string()).as_deref(), Ok(text));
        }
        for text in [
            "",
            "org",
            "co.uk",
            "uk",
            "github.io",
            "ck",
            "anything.ck",
            "localhost",
            "internal",
            ".example.org",
            "example.org.",
            "a..example.org",
            "Example.org",
            "10.0.0.1",
            "[::1]",
            "::1",
            "example.org:443",
            "https://example.org",
            "*.example.org",
            "example.org; Path=/",
            "exämple.org",
            "a b.example.org",
        ] {
            assert_eq!(text.parse::<CookieDomain>(), Err(InvalidCookieDomain), "{text}");
        }
    }

    #[test]
    fn it_covers_itself_and_the_hosts_below_it() {
        let domain: CookieDomain = "example.org".parse().unwrap();
        for (origin, covered) in [
            ("https://example.org", true),
            ("https://wiki.example.org", true),
            ("https://a.b.example.org:8443", true),
            ("https://badexample.org", false),
            ("https://example.org.evil", false),
            ("https://org", false),
            ("https://example.com", false),
        ] {
            assert_eq!(domain.covers(&origin.parse().unwrap()), covered, "{origin}");
        }
    }
}
