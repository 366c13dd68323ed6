//! A provider that vouches for users by `OpenID Connect`: one `[[oidc]]` table.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::Uri;
use rustls::pki_types::CertificateDer;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::accounts::Group;
use crate::config::PublicUrl;

/// A provider, and what becomes of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcProvider {
    /// What it is called in addresses, logs and commands.
    pub name: ProviderName,
    /// What the button bears.
    pub title: String,
    /// Who it is, octet for octet as it says so itself.
    pub issuer: IssuerUrl,
    /// Who we are there.
    pub client_id: String,
    /// How we prove it.
    pub client_secret: ClientSecret,
    /// What is asked for; `openid` is always among it.
    pub scopes: Vec<String>,
    /// The claim that a new user is named after.
    pub name_claim: String,
    /// Where a user's groups come from; `None` leaves them to whoever runs this installation.
    pub groups: Option<GroupsClaim>,
    /// Whether somebody who comes for the first time gets an account.
    pub newcomers: Newcomers,
    /// What else a sign-out here ends.
    pub sign_out: ProviderSignOut,
    /// Certificates that stand for the provider's; the well-known authorities when there are none.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// The name of a provider: 1 to 40 of `a` to `z`, `0` to `9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProviderName(String);

/// The issuer of a provider: a URL over TLS, or of this machine, without query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IssuerUrl(String);

/// What proves to a provider who we are; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(Arc<Zeroizing<String>>);

/// The claim that lists groups, and what they are called here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsClaim {
    /// The claim.
    pub claim: String,
    /// The provider's names and ours; only these are taken over. `None` takes over all, as they are.
    pub map: Option<BTreeMap<String, Group>>,
}

/// What becomes of somebody whom the provider knows and we do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Newcomers {
    /// They get an account.
    Created,
    /// They are turned away until an administrator has linked them to an account.
    #[default]
    TurnedAway,
}

/// What a sign-out ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProviderSignOut {
    /// The session here.
    #[default]
    Here,
    /// The session at the provider too.
    AtProvider,
}

/// The text is no name of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a name has 1 to 40 of a to z, 0 to 9 and -")]
pub struct InvalidProviderName;

/// The text is no issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an issuer is https:// and a host, perhaps with a path; http:// for localhost only")]
pub struct InvalidIssuer;

impl ProviderName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderName {
    type Err = InvalidProviderName;

    fn from_str(text: &str) -> Result<Self, InvalidProviderName> {
        let is_name = (1..=40).contains(&text.len())
            && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidProviderName) }
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IssuerUrl {
    /// The most octets of an issuer.
    pub const LEN_MAX: usize = 255;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is on this machine, where plain HTTP crosses no network.
    pub fn is_loopback(&self) -> bool {
        let origin = self.0.split('/').take(3).collect::<Vec<_>>().join("/");
        origin.parse::<PublicUrl>().is_ok_and(|origin| origin.is_loopback())
    }
}

impl FromStr for IssuerUrl {
    type Err = InvalidIssuer;

    fn from_str(text: &str) -> Result<Self, InvalidIssuer> {
        let uri: Uri = text.parse().map_err(|_| InvalidIssuer)?;
        let plain = text.bytes().all(|octet| octet.is_ascii_graphic() && !b"?#\\".contains(&octet));
        let host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        let issuer = Self(text.to_owned());
        let safe = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => issuer.is_loopback(),
            _ => false,
        };
        if text.len() <= Self::LEN_MAX && plain && host && safe { Ok(issuer) } else { Err(InvalidIssuer) }
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ClientSecret {
    /// Takes a secret; `None` when it is empty or holds control characters, as a line break at the end would be.
    pub fn new(text: &str) -> Option<Self> {
        let is_good = !text.is_empty() && !text.chars().any(char::is_control);
        is_good.then(|| Self(Arc::new(Zeroizing::new(text.to_owned()))))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_over_tls_or_on_this_machine() {
        for good in
            ["https://id.example.org", "https://id.example.org/realms/main/", "http://127.0.0.1:8080/x"]
        {
            assert_eq!(good.parse::<IssuerUrl>().unwrap().as_str(), good);
        }
        for wrong in [
            "",
            "id.example.org",
            "http://id.example.org",
            "http://localhost.example.org",
            "https://u@id.example.org",
            "https://id.example.org?x",
            "https://id.example.org/#x",
            "https://id.example.org/a b",
        ] {
            assert_eq!(wrong.parse::<IssuerUrl>(), Err(InvalidIssuer), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = ClientSecret::new("s3cret").unwrap();
        assert_eq!(format!("{secret:?}"), "ClientSecret(..)");
        assert!(ClientSecret::new("").is_none() && ClientSecret::new("a\n").is_none());
    }
}
