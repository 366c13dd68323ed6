//! The address of the application behind the gateway.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use thiserror::Error;

/// One application that answers plain HTTP: host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream(Authority);

/// The text is not the address of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an application's address is http://, a host and perhaps a port, and nothing else")]
pub struct InvalidUpstream;

impl Upstream {
    /// The host name or address; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.0.port_u16().unwrap_or(80)
    }

    /// The URI of one resource of the application, its path and query untouched.
    pub(crate) fn uri(&self, path_and_query: Option<&PathAndQuery>) -> Uri {
        let path_and_query = path_and_query.cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(self.0.clone())
            .path_and_query(path_and_query)
            .build()
            .expect("scheme, authority and path make a URI")
    }
}

impl FromStr for Upstream {
    type Err = InvalidUpstream;

    fn from_str(text: &str) -> Result<Self, InvalidUpstream> {
        let uri: Uri = text.parse().map_err(|_| InvalidUpstream)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        match authority {
            Some(authority) if uri.scheme() == Some(&Scheme::HTTP) && bare => Ok(Self(authority.clone())),
            _ => Err(InvalidUpstream),
        }
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_handed_on_as_it_came() {
        let upstream: Upstream = "http://127.0.0.1:3000/".parse().unwrap();
        let path = PathAndQuery::from_static("/a%2Fb//c/../d?x=%20");
        assert_eq!(upstream.uri(Some(&path)).to_string(), "http://127.0.0.1:3000/a%2Fb//c/../d?x=%20");
    }

    #[test]
    fn anything_but_a_plain_address_is_refused() {
        for text in [
            "",
            "127.0.0.1:3000",
            "https://a.example",
            "http://a.example/app",
            "http://u:p@a.example",
            "http://a/?x",
        ] {
            assert_eq!(text.parse::<Upstream>(), Err(InvalidUpstream), "{text}");
        }
    }
}
