//! Session cookies being described, each kind with the choices that are legal for it and no others.

use super::attribute::{CookieDomain, CookiePath, SameSite};
use super::error::CookieError;
use super::name::{NamePrefix, check_token};
use super::rules::Attributes;

/// The longest name that a policy takes, in octets and without the prefix.
///
/// It leaves the value over 3900 of the 4096 octets that browsers store for both.
const LABEL_OCTETS_MAX: usize = 128;

/// A cookie for one host: `__Host-` or `__Host-Http-`, `Secure`, `HttpOnly`, `Path=/` and no `Domain`.
///
/// `SameSite=Lax` unless said otherwise. Made by [`CookiePolicy::host`](super::CookiePolicy::host) and
/// [`CookiePolicy::host_http`](super::CookiePolicy::host_http).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct HostCookie<'a> {
    prefix: NamePrefix,
    label: Label<'a>,
    same_site: SameSite,
}

impl<'a> HostCookie<'a> {
    pub(super) const fn parse(prefix: HostPrefix, name: &'a str) -> Result<Self, CookieError> {
        let prefix = match prefix {
            HostPrefix::Host => NamePrefix::Host,
            HostPrefix::HostHttp => NamePrefix::HostHttp,
        };
        match Label::parse(name) {
            Ok(label) => Ok(Self { prefix, label, same_site: SameSite::Lax }),
            Err(error) => Err(error),
        }
    }

    /// `SameSite=Strict`: a visitor who follows a link from elsewhere arrives signed out.
    pub const fn strict(mut self) -> Self {
        self.same_site = SameSite::Strict;
        self
    }

    /// `SameSite=None`: every site can cause requests that carry the session.
    ///
    /// # Security
    /// The browser no longer helps against cross-site request forgery.
    pub const fn insecure_same_site_none(mut self) -> Self {
        self.same_site = SameSite::None;
        self
    }

    pub(super) const fn plan(self) -> Plan<'a> {
        Plan {
            prefix: Some(self.prefix),
            label: self.label.0,
            attributes: session_attributes(CookiePath::ROOT, None, self.same_site, Transport::Tls),
        }
    }
}

/// The two prefixes that bind a cookie to its host.
#[derive(Clone, Copy)]
pub(super) enum HostPrefix {
    Host,
    HostHttp,
}

/// A cookie that a domain and its subdomains can share: `__Secure-`, `Secure`, `HttpOnly`.
///
/// `Path=/`, no `Domain` and `SameSite=Lax` unless said otherwise. Made by
/// [`CookiePolicy::secure`](super::CookiePolicy::secure).
///
/// # Security
/// Any subdomain can set a cookie of this name, one that has been taken over too. Prefer
/// [`CookiePolicy::host`](super::CookiePolicy::host) wherever one host is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct DomainCookie<'a> {
    label: Label<'a>,
    domain: Option<CookieDomain<'a>>,
    path: CookiePath<'a>,
    same_site: SameSite,
}

impl<'a> DomainCookie<'a> {
    pub(super) const fn parse(name: &'a str) -> Result<Self, CookieError> {
        match Label::parse(name) {
            Ok(label) => Ok(Self { label, domain: None, path: CookiePath::ROOT, same_site: SameSite::Lax }),
            Err(error) => Err(error),
        }
    }

    /// Shares the cookie with every host below a domain that stands in the source code.
    ///
    /// # Panics
    /// When `domain` is not a host name; in a `const` that is a compile error.
    #[track_caller]
    pub const fn domain(self, domain: &'static str) -> Self {
        literal(self.try_domain(domain))
    }

    /// Shares the cookie with every host below a domain from the configuration.
    pub const fn try_domain(mut self, domain: &'a str) -> Result<Self, CookieError> {
        match CookieDomain::parse(domain) {
            Ok(domain) => self.domain = Some(domain),
            Err(error) => return Err(error),
        }
        Ok(self)
    }

    /// Limits the cookie to a path that stands in the source code.
    ///
    /// # Panics
    /// When `path` is not absolute or holds an octet that no attribute holds; in a `const` that is a compile
    /// error.
    #[track_caller]
    pub const fn path(self, path: &'static str) -> Self {
        literal(self.try_path(path))
    }

    /// Limits the cookie to a path from the configuration.
    pub const fn try_path(mut self, path: &'a str) -> Result<Self, CookieError> {
        match CookiePath::parse(path) {
            Ok(path) => self.path = path,
            Err(error) => return Err(error),
        }
        Ok(self)
    }

    /// `SameSite=Strict`: a visitor who follows a link from elsewhere arrives signed out.
    pub const fn strict(mut self) -> Self {
        self.same_site = SameSite::Strict;
        self
    }

    /// `SameSite=None`: every site can cause requests that carry the session.
    ///
    /// # Security
    /// The browser no longer helps against cross-site request forgery.
    pub const fn insecure_same_site_none(mut self) -> Self {
        self.same_site = SameSite::None;
        self
    }

    pub(super) const fn plan(self) -> Plan<'a> {
        Plan {
            prefix: Some(NamePrefix::Secure),
            label: self.label.0,
            attributes: session_attributes(self.path, self.domain, self.same_site, Transport::Tls),
        }
    }
}

/// A cookie for development over plain HTTP: no prefix, no `Secure`; `HttpOnly`, `Path=/`.
///
/// `SameSite=Lax` unless said otherwise. Made by
/// [`CookiePolicy::insecure_for_localhost`](super::CookiePolicy::insecure_for_localhost).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct LocalhostCookie<'a> {
    label: Label<'a>,
    same_site: SameSite,
}

impl<'a> LocalhostCookie<'a> {
    pub(super) const fn parse(name: &'a str) -> Result<Self, CookieError> {
        match Label::parse(name) {
            Ok(label) => Ok(Self { label, same_site: SameSite::Lax }),
            Err(error) => Err(error),
        }
    }

    /// `SameSite=Strict`: a visitor who follows a link from elsewhere arrives signed out.
    pub const fn strict(mut self) -> Self {
        self.same_site = SameSite::Strict;
        self
    }

    pub(super) const fn plan(self) -> Plan<'a> {
        Plan {
            prefix: None,
            label: self.label.0,
            attributes: session_attributes(CookiePath::ROOT, None, self.same_site, Transport::Plain),
        }
    }
}

/// What a description comes to, whatever its kind.
pub(super) struct Plan<'a> {
    pub(super) prefix: Option<NamePrefix>,
    pub(super) label: &'a str,
    pub(super) attributes: Attributes<'a>,
}

/// The part of a policy's name that the user chooses: a token, not too long, without a prefix of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Label<'a>(&'a str);

impl<'a> Label<'a> {
    const fn parse(name: &'a str) -> Result<Self, CookieError> {
        if let Err(error) = check_token(name.as_bytes()) {
            return Err(error);
        }
        if NamePrefix::of(name.as_bytes()).is_some() {
            return Err(CookieError::NameHasPrefix);
        }
        if name.len() > LABEL_OCTETS_MAX {
            return Err(CookieError::NameTooLong { octets_max: LABEL_OCTETS_MAX });
        }
        Ok(Self(name))
    }
}

/// Over what a cookie may travel.
#[derive(Clone, Copy)]
enum Transport {
    Tls,
    Plain,
}

/// What every session cookie has: a `Path`, `HttpOnly` and a `SameSite`, all of them written out.
const fn session_attributes<'a>(
    path: CookiePath<'a>,
    domain: Option<CookieDomain<'a>>,
    same_site: SameSite,
    transport: Transport,
) -> Attributes<'a> {
    Attributes {
        path: Some(path),
        domain,
        secure: matches!(transport, Transport::Tls),
        http_only: true,
        same_site: Some(same_site),
        partitioned: false,
    }
}

/// Takes what a programmer wrote into the source: a mistake there is a bug, and it shows at once.
#[track_caller]
pub(super) const fn literal<T: Copy>(parsed: Result<T, CookieError>) -> T {
    match parsed {
        Ok(value) => value,
        Err(error) => panic!("{}", error.code()),
    }
}
