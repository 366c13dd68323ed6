//! The address of the application behind the gateway.

use std::fmt;
use std::str::FromStr;

use http::uri::Authority;
use thiserror::Error;

/// One application's address: how it is spoken to, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    protocol: UpstreamProtocol,
    authority: Authority,
}

/// How an application is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamProtocol {
    /// `http://`: HTTP/1.1 in the clear.
    Plain,
    /// `https://`: TLS with a certificate that is checked, and within it what the two agree on, HTTP/2 or HTTP/1.1.
    Tls,
    /// `h2c://`: HTTP/2 in the clear from the first octet on. Nobody negotiates it, so whoever wants it says so.
    PlainHttp2,
}

/// The text is not the address of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an application's address is http://, https:// or h2c://, a host and perhaps a port, and nothing else"
)]
pub struct InvalidUpstream;

impl Upstream {
    /// How it is spoken to.
    pub const fn protocol(&self) -> UpstreamProtocol {
        self.protocol
    }

    /// The host name or address; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(match self.protocol {
            UpstreamProtocol::Plain | UpstreamProtocol::PlainHttp2 => 80,
            UpstreamProtocol::Tls => 443,
        })
    }
}

impl UpstreamProtocol {
    const fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls => "https",
            Self::PlainHttp2 => "h2c",
        }
    }
}

impl FromStr for Upstream {
    type Err = InvalidUpstream;

    fn from_str(text: &str) -> Result<Self, InvalidUpstream> {
        let (scheme, rest) = text.split_once("://").ok_or(InvalidUpstream)?;
        let protocols = [UpstreamProtocol::Plain, UpstreamProtocol::Tls, UpstreamProtocol::PlainHttp2];
        let protocol = protocols.into_iter().find(|protocol| protocol.scheme() == scheme);
        let authority: Authority =
            rest.strip_suffix('/').unwrap_or(rest).parse().map_err(|_| InvalidUpstream)?;
        let is_plain = !authority.host().is_empty() && !authority.as_str().contains('@');
        let protocol = protocol.filter(|_| is_plain).ok_or(InvalidUpstream)?;
        Ok(Self { protocol, authority })
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.protocol.scheme(), self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_says_how_an_application_is_spoken_to() {
        for (text, protocol, port) in [
            ("http://127.0.0.1:3000/", UpstreamProtocol::Plain, 3000),
            ("http://a.example", UpstreamProtocol::Plain, 80),
            ("https://a.example", UpstreamProtocol::Tls, 443),
            ("h2c://[::1]:9", UpstreamProtocol::PlainHttp2, 9),
        ] {
            let upstream: Upstream = text.parse().unwrap();
            assert_eq!((upstream.protocol(), upstream.port()), (protocol, port), "{text}");
            assert_eq!(upstream.to_string(), text.strip_suffix('/').unwrap_or(text));
        }
    }

    #[test]
    fn anything_but_a_plain_address_is_refused() {
        for text in [
            "",
            "127.0.0.1:3000",
            "ftp://a.example",
            "HTTP://a.example",
            "http://",
            "http://:80",
            "https://a.example/app",
            "http://u:p@a.example",
            "http://a/?x",
            "h2c://a.example//",
        ] {
            assert_eq!(text.parse::<Upstream>(), Err(InvalidUpstream), "{text}");
        }
    }
}
