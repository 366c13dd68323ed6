//! The origin that a browser's address bar shows.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use thiserror::Error;

/// An origin: scheme, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicUrl {
    scheme: Scheme,
    /// Host, and the port unless it is the scheme's own, in lower case.
    authority: String,
}

/// The scheme of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain text, for localhost only.
    Http,
    /// TLS, which a proxy in front of the gateway speaks.
    Https,
}

impl Scheme {
    /// The scheme as URLs spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an origin is http:// or https://, a host and perhaps a port, and nothing else")]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// The most characters of an origin: it has room wherever a name has, the claims of a token among them.
    pub const LEN_MAX: usize = 255;

    /// The origin of `localhost` on a port.
    pub fn localhost(scheme: Scheme, port: u16) -> Self {
        Self::new(scheme, "localhost", port)
    }

    fn new(scheme: Scheme, host: &str, port: u16) -> Self {
        let host = host.to_ascii_lowercase();
        let authority = if port == scheme.default_port() { host } else { format!("{host}:{port}") };
        Self { scheme, authority }
    }

    /// The origin of a scheme and an authority.
    ///
    /// # Errors
    /// [`InvalidPublicUrl`].
    pub fn of(scheme: Scheme, authority: &str) -> Result<Self, InvalidPublicUrl> {
        // A host as browsers send it needs no parser.
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let is_plain =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-".contains(&octet);
        let is_host = (1..=100).contains(&host.len()) && host.bytes().all(is_plain);
        let number = if port.is_empty() { Some(scheme.default_port()) } else { plain_port(port) };
        if let Some(number) = number
            && is_host
            && !authority.ends_with(':')
        {
            let is_own = number == scheme.default_port();
            return Ok(Self { scheme, authority: if is_own { host } else { authority }.to_owned() });
        }
        format!("{}://{authority}", scheme.as_str()).parse()
    }

    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host and port as a `Host` field carries them: the scheme's own port is left out.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The host name or address.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// The port, which is the scheme's own where none is written.
    pub fn port(&self) -> u16 {
        let port = self.authority[self.host().len()..].strip_prefix(':');
        port.and_then(|port| port.parse().ok()).unwrap_or(self.scheme.default_port())
    }

    /// Whether only this machine can mean itself by it, so that browsers trust it without TLS.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.ends_with(".localhost")
            || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// A port as browsers write it.
fn plain_port(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|octet| octet.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| is_plain)
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidPublicUrl)?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(InvalidPublicUrl),
        };
        let authority = uri.authority().ok_or(InvalidPublicUrl)?;
        // A path of "/" is what the parser makes of none, so the text itself tells.
        let bare = text.len() == scheme.as_str().len() + "://".len() + authority.as_str().len();
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => scheme.default_port(),
            Some(_) => authority.port_u16().filter(|port| *port != 0).ok_or(InvalidPublicUrl)?,
            None => return Err(InvalidPublicUrl), // user information
        };
        if !bare || host.is_empty() || host.contains('*') || text.len() > Self::LEN_MAX {
            return Err(InvalidPublicUrl);
        }
        Ok(Self::new(scheme, host, port))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_normalised() {
        let url: PublicUrl = "https://Login.Example.org:443".parse().unwrap();
        assert_eq!(url.to_string(), "https://login.example.org");
        assert_eq!(url.host(), "login.example.org");
        assert_eq!(url.port(), 443);
        assert_eq!("http://[::1]:7464".parse::<PublicUrl>().unwrap().port(), 7464);
        assert_eq!("http://[::1]:7464".parse::<PublicUrl>().unwrap().host(), "[::1]");
    }

    #[test]
    fn an_origin_of_its_parts_is_that_of_the_whole() {
        for authority in [
            "wiki.example.org",
            "Wiki.example.org",
            "a",
            "a-b.c",
            "a_b",
            "-",
            ".",
            "..a",
            "1.2.3.4",
            "[::1]",
            "a:80",
            "a:443",
            "a:8080",
            "a:7",
            "a:07",
            "a:8o",
            "a:1:2",
            "a:65535",
            "a:99999",
            ":",
            ":1",
            "a:",
            "a:0",
            "",
            "a@b",
            "a/b",
            "é",
            "a b",
            "%61",
            "a,b",
            &"a".repeat(130),
            &"a".repeat(300),
        ] {
            for scheme in [Scheme::Http, Scheme::Https] {
                let whole = format!("{}://{authority}", scheme.as_str()).parse();
                assert_eq!(PublicUrl::of(scheme, authority), whole, "{authority}");
            }
        }
    }

    #[test]
    fn anything_but_an_origin_is_refused() {
        let long = format!("https://{}", "a".repeat(248));
        for text in [
            long.as_str(),
            "",
            "login.example.org",
            "https://",
            "https://a.example/",
            "https://a.example/login",
            "https://a.example?x",
            "https://user@a.example",
            "https://a.example:",
            "https://a.example:0",
            "https://a.example:70000",
            "ftp://a.example",
            "https://a b.example",
            "https://*.example",
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(InvalidPublicUrl), "{text}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for text in [
            "http://localhost",
            "http://wiki.localhost:80",
            "http://127.0.0.1:7464",
            "http://[::1]:80",
            "http://127.9.9.9",
        ] {
            assert!(text.parse::<PublicUrl>().unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example",
            "http://evillocalhost",
            "http://10.0.0.1",
            "http://[::2]",
            "http://127.0.0.1.example",
        ] {
            assert!(!text.parse::<PublicUrl>().unwrap().is_loopback(), "{text}");
        }
    }
}
