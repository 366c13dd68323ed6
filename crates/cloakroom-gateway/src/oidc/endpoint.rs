//! An address of a provider: over TLS, or on this machine.

use std::fmt;

use http::Uri;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::IssuerUrl;
use crate::outgoing::Place;

/// Where a provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    uri: Uri,
    tls: bool,
}

impl Endpoint {
    /// An address that the provider of this issuer names. Plain HTTP is for providers on this machine.
    ///
    /// Source: RFC 8414 2; OIDC Core 16.17.
    pub(crate) fn parse(text: &str, issuer: &IssuerUrl) -> Option<Self> {
        let plain = text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'#' && octet != b'\\');
        let uri: Uri = text.parse().ok().filter(|_| plain && text.len() <= 2048)?;
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => {
                let origin: IssuerUrl = format!("http://{authority}").parse().ok()?;
                if !issuer.is_loopback() || !origin.is_loopback() {
                    return None;
                }
                false
            }
            _ => return None,
        };
        Some(Self { uri, tls })
    }

    /// Where the provider of this issuer describes itself.
    ///
    /// Source: OIDC Discovery 4.
    pub(super) fn discovery(issuer: &IssuerUrl) -> Option<Self> {
        let base = issuer.as_str().strip_suffix('/').unwrap_or(issuer.as_str());
        Self::parse(&format!("{base}/.well-known/openid-configuration"), issuer)
    }

    /// Where its server is.
    pub(super) fn place(&self) -> Place<'_> {
        let host = self.uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = self.uri.port_u16().unwrap_or(if self.tls { 443 } else { 80 });
        Place { host, port, tls: self.tls }
    }

    /// Host and port as the `Host` field has them.
    pub(super) fn authority(&self) -> &str {
        self.uri.authority().map_or("", |authority| authority.as_str())
    }

    /// Path and query.
    pub(crate) fn target(&self) -> &str {
        self.uri.path_and_query().map_or("/", |target| target.as_str())
    }

    /// The address with these parameters behind those that it may have.
    pub(crate) fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut text = self.to_string();
        let mut separator = if self.uri.query().is_some() { '&' } else { '?' };
        for (name, value) in parameters {
            text.push(separator);
            text += name;
            text.push('=');
            text.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
            separator = '&';
        }
        text
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(text: &str) -> IssuerUrl {
        text.parse().unwrap()
    }

    #[test]
    fn plain_http_leads_to_this_machine_and_only_from_it() {
        let (far, near) = (issuer("https://id.example.org"), issuer("http://127.0.0.1:9000"));
        assert!(Endpoint::parse("https://keys.example.net/jwks", &far).is_some());
        assert!(Endpoint::parse("http://127.0.0.1:9000/jwks", &near).is_some());
        for (text, issuer) in [
            ("http://id.example.org/jwks", &far),
            ("http://127.0.0.1:9000/jwks", &far),
            ("http://id.example.org/jwks", &near),
            ("file:///etc/passwd", &near),
            ("https://a@b/", &far),
            ("/jwks", &far),
        ] {
            assert_eq!(Endpoint::parse(text, issuer), None, "{text}");
        }
    }

    #[test]
    fn parameters_stand_behind_those_that_are_there() {
        let far = issuer("https://id.example.org/a/");
        assert_eq!(
            Endpoint::discovery(&far).unwrap().to_string(),
            "https://id.example.org/a/.well-known/openid-configuration"
        );
        let endpoint = Endpoint::parse("https://id.example.org/auth?p=1", &far).unwrap();
        assert_eq!(endpoint.with(&[("a", "b c&d")]), "https://id.example.org/auth?p=1&a=b%20c%26d");
    }
}
