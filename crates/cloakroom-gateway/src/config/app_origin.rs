//! Where browsers find an application: at one origin, or at every host of one label below a domain.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use thiserror::Error;

use crate::config::registered::is_registered;
use crate::config::{PublicUrl, Scheme};

/// One origin, or one for each label below a domain: `https://*.example.org`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppOrigin {
    /// The origin; of many, that of the domain above them.
    url: PublicUrl,
    is_of_many: bool,
}

/// The text is no origin of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an origin of an application is one origin, or begins with https://*. and a domain that is below a public suffix"
)]
pub struct InvalidAppOrigin;

impl AppOrigin {
    /// The one origin, if it is one.
    pub fn one(&self) -> Option<&PublicUrl> {
        Some(&self.url).filter(|_| !self.is_of_many)
    }

    /// Whether it stands for many hosts.
    pub const fn is_of_many(&self) -> bool {
        self.is_of_many
    }

    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.url.scheme()
    }

    /// The port, which is the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        self.url.port()
    }

    /// Whether only this machine can mean itself by it, so that browsers trust it without TLS.
    pub fn is_loopback(&self) -> bool {
        self.url.is_loopback()
    }

    /// The host; of many, the domain above them.
    pub fn host(&self) -> &str {
        self.url.host()
    }

    /// The host as certificates and proxies write it, of many with `*.` before it.
    pub fn host_pattern(&self) -> String {
        format!("{}{}", self.star(), self.host())
    }

    /// One origin that it stands for, to look at in the place of all of them.
    pub fn sample(&self) -> PublicUrl {
        self.of_label("any").unwrap_or_else(|| self.url.clone())
    }

    /// Whether it stands for this origin.
    pub fn is_at(&self, origin: &PublicUrl) -> bool {
        if !self.is_of_many {
            return self.url == *origin;
        }
        origin.scheme() == self.scheme() && self.label(origin.authority()).is_some()
    }

    /// The origin that it stands for at this authority, as a `Host` field has it.
    pub(crate) fn at_authority(&self, authority: &str) -> Option<PublicUrl> {
        if !self.is_of_many {
            return Some(self.url.clone()).filter(|url| url.authority() == authority);
        }
        self.of_label(self.label(authority)?)
    }

    /// The origin that it stands for at a host, whatever the port is that somebody came by.
    pub(crate) fn at_host(&self, host: &str) -> Option<PublicUrl> {
        let host = host.to_ascii_lowercase();
        if !self.is_of_many {
            return Some(self.url.clone()).filter(|url| url.host() == host);
        }
        self.of_label(host.strip_suffix(self.host())?.strip_suffix('.')?)
    }

    /// The origin of this label among many; `None` for what is no label, or where there is one origin only.
    pub(crate) fn of_label(&self, label: &str) -> Option<PublicUrl> {
        let is_of_it = self.is_of_many && is_label(label);
        let authority = format!("{label}.{}", self.url.authority());
        // A long label could make it longer than an origin may be.
        is_of_it.then(|| format!("{}://{authority}", self.scheme().as_str()).parse().ok()).flatten()
    }

    /// The label that tells an authority from the others of many.
    pub(crate) fn label<'a>(&self, authority: &'a str) -> Option<&'a str> {
        let label = authority.strip_suffix(self.url.authority())?.strip_suffix('.')?;
        Some(label).filter(|label| self.is_of_many && is_label(label))
    }

    /// The beginning of a URL that is at it: the origin, and what follows.
    ///
    /// # Security
    /// It begins with the octets of an origin that it stands for, and a slash follows or nothing: no parser then reads another host out of it.
    pub fn split_url<'a>(&self, url: &'a str) -> Option<(PublicUrl, &'a str)> {
        let at = url.find("://")? + "://".len();
        let end = url[at..].find('/').map_or(url.len(), |slash| at + slash);
        let (origin, path) = url.split_at(end);
        let found = self.at_authority(&origin[at..])?;
        (found.to_string() == origin).then_some((found, path))
    }

    const fn star(&self) -> &'static str {
        if self.is_of_many { "*." } else { "" }
    }
}

/// One label of a host name, as browsers send it.
fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// It stands for this one.
impl From<PublicUrl> for AppOrigin {
    fn from(url: PublicUrl) -> Self {
        Self { url, is_of_many: false }
    }
}

/// Whether it is this one and no other.
impl PartialEq<PublicUrl> for AppOrigin {
    fn eq(&self, other: &PublicUrl) -> bool {
        self.one() == Some(other)
    }
}

impl FromStr for AppOrigin {
    type Err = InvalidAppOrigin;

    /// # Security
    /// Whoever registers a name below a public suffix would be an application of ours, so that none stands for many.
    fn from_str(text: &str) -> Result<Self, InvalidAppOrigin> {
        let Some((scheme, domain)) = text.split_once("://*.") else {
            return text.parse().map(|url| Self { url, is_of_many: false }).map_err(|_| InvalidAppOrigin);
        };
        let url: PublicUrl = format!("{scheme}://{domain}").parse().map_err(|_| InvalidAppOrigin)?;
        let is_name = url.host().parse::<IpAddr>().is_err() && url.host().split('.').all(is_label);
        if is_name && is_registered(url.host()) {
            Ok(Self { url, is_of_many: true })
        } else {
            Err(InvalidAppOrigin)
        }
    }
}

impl fmt::Display for AppOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme().as_str(), self.star(), self.url.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> AppOrigin {
        text.parse().unwrap()
    }

    #[test]
    fn an_origin_of_many_is_below_what_somebody_has_registered() {
        for text in [
            "https://*.example.org",
            "https://*.a.example.co.uk:8443",
            "http://*.apps.localhost:8080",
            "https://*.me.github.io",
        ] {
            assert!(of(text).is_of_many() && of(text).to_string() == text, "{text}");
        }
        assert_eq!(of("https://*.Example.org:443").to_string(), "https://*.example.org");
        for text in [
            "https://*",
            "https://*.",
            "https://*.com",
            "https://*.co.uk",
            "https://*.github.io",
            "https://*.localhost",
            "https://*.anything.ck",
            "https://*.*.example.org",
            "https://a*.example.org",
            "https://wiki.*.org",
            "https://*a.example.org",
            "https://*.10.0.0.1",
            "https://*.[::1]",
            "https://*.example.org/",
            "https://*.example.org.",
            "https://*..example.org",
            "https://u@*.example.org",
            "https://*.u@example.org",
            "*.example.org",
            "ftp://*.example.org",
            "https://*.example.org:0",
        ] {
            assert_eq!(text.parse::<AppOrigin>(), Err(InvalidAppOrigin), "{text}");
        }
    }

    #[test]
    fn it_stands_for_hosts_of_exactly_one_label_more() {
        let many = of("https://*.example.org");
        for (origin, is_one) in [
            ("https://wiki.example.org", true),
            ("https://a-1.example.org", true),
            ("https://xn--bcher-kva.example.org", true),
            ("https://example.org", false),
            ("https://a.b.example.org", false),
            ("https://a_b.example.org", false),
            ("https://-a.example.org", false),
            ("https://.example.org", false),
            ("https://wiki.example.org:8443", false),
            ("http://wiki.example.org", false),
            ("https://wikiexample.org", false),
            ("https://wiki.example.org.evil", false),
        ] {
            assert_eq!(many.is_at(&origin.parse().unwrap()), is_one, "{origin}");
            let authority = origin.split_once("://").unwrap().1;
            let found = many.at_authority(authority).filter(|_| origin.starts_with("https"));
            assert_eq!(
                found.map(|url| url.to_string()).as_deref(),
                Some(origin).filter(|_| is_one),
                "{origin}"
            );
        }
        assert!(of("https://wiki.example.org").is_at(&"https://wiki.example.org".parse().unwrap()));
        assert_eq!(many.at_host("WIKI.example.org").unwrap().to_string(), "https://wiki.example.org");
        assert_eq!(many.at_host("a.wiki.example.org"), None);
        assert_eq!(
            (many.host_pattern(), many.sample().to_string()),
            ("*.example.org".into(), "https://any.example.org".into())
        );
    }

    #[test]
    fn a_url_is_at_it_by_its_octets_alone() {
        let many = of("https://*.example.org");
        let split = |url| many.split_url(url).map(|(origin, path)| (origin.to_string(), path));
        assert_eq!(split("https://wiki.example.org/a?b"), Some(("https://wiki.example.org".into(), "/a?b")));
        assert_eq!(split("https://wiki.example.org"), Some(("https://wiki.example.org".into(), "")));
        for url in [
            "https://wiki.example.org@evil/",
            "https://evil/.example.org/",
            "https://evil\\.example.org/",
            "https://evil?.example.org/",
            "https://evil#.example.org/",
            "https://wiki.example.org:443/",
            "https://wiki.example.org:443@evil/",
            "https://WIKI.example.org/",
            "https://a.b.example.org/",
            "https://*.example.org/",
            "https://.example.org/",
            "https://example.org/",
            "//wiki.example.org/",
            "https:/wiki.example.org/",
            "http://wiki.example.org/",
            "https://wiki.example.org?x",
            "https://wiki.example.org.evil/",
            "https://%77iki.example.org/",
            "https://wiki\u{3002}example.org/",
            "https:// wiki.example.org/",
            "",
            "https://",
        ] {
            assert_eq!(split(url), None, "{url}");
        }
    }
}
