//! The session cookie: which one it is, and the two lines that set and remove it.

use core::fmt;

use super::attribute::{MaxAge, SameSite};
use super::draft::{DomainCookie, HostCookie, HostPrefix, LocalhostCookie, Plan, literal};
use super::error::CookieError;
use super::name::CookieName;
use super::render::{MAX_AGE_OCTETS, RenderedCookie, check_size, write_attributes, write_max_age};
use super::value::CookieValue;
use crate::token::TokenText;

/// Which cookie carries the session; only attribute sets that a browser keeps can be written down.
///
/// Start from one of the constructors, which return a description ([`HostCookie`], [`DomainCookie`],
/// [`LocalhostCookie`]) with the choices that are open to that kind, and turn it into a policy by `into()`.
///
/// ```
/// use cloakroom_core::cookie::{CookiePolicy, CookieValue};
///
/// let policy = CookiePolicy::from(CookiePolicy::host("sid"));
/// let cookie = policy.issue(CookieValue::parse("x")?, None)?;
/// assert_eq!(cookie.as_bytes(), b"__Host-sid=x; Path=/; Secure; HttpOnly; SameSite=Lax");
/// # Ok::<(), cloakroom_core::cookie::CookieError>(())
/// ```
///
/// A constructor takes a name that stands in the source code and panics when it is illegal, at start-up and
/// always. In a `const` the same mistake does not compile:
///
/// ```compile_fail,E0080
/// use cloakroom_core::cookie::{CookiePolicy, HostCookie};
///
/// const SESSION: HostCookie<'static> = CookiePolicy::host("my sid");
/// ```
///
/// Names from a configuration go through the `try_` twin of each constructor, which returns a [`Result`].
///
/// What `__Host-` forbids cannot be said. Not a domain:
///
/// ```compile_fail,E0599
/// # use cloakroom_core::cookie::CookiePolicy;
/// let policy = CookiePolicy::host("sid").domain("example.com");
/// ```
///
/// not a path:
///
/// ```compile_fail,E0599
/// # use cloakroom_core::cookie::CookiePolicy;
/// let policy = CookiePolicy::host("sid").path("/app");
/// ```
///
/// and no kind of session cookie can be stripped of `Secure` or `HttpOnly`:
///
/// ```compile_fail,E0599
/// # use cloakroom_core::cookie::CookiePolicy;
/// let policy = CookiePolicy::host("sid").secure(false);
/// ```
///
/// ```compile_fail,E0599
/// # use cloakroom_core::cookie::CookiePolicy;
/// let policy = CookiePolicy::host("sid").http_only(false);
/// ```
///
/// Over plain HTTP there is no `SameSite=None`, which browsers take with `Secure` only:
///
/// ```compile_fail,E0599
/// # use cloakroom_core::cookie::CookiePolicy;
/// let policy = CookiePolicy::insecure_for_localhost("sid").insecure_same_site_none();
/// ```
///
/// Source: ASVS 5.0 3.3.1 to 3.3.4; RFC 6265bis 4.1.3.
#[derive(Clone)]
pub struct CookiePolicy {
    name: CookieName,
    /// The name and `=`.
    head: Box<[u8]>,
    /// Every attribute but `Max-Age`.
    tail: Box<[u8]>,
    transport_is_plain: bool,
    is_domain_wide: bool,
    same_site: SameSite,
}

impl CookiePolicy {
    /// `__Host-{name}`: sent to this host alone and settable by no other, over TLS only.
    ///
    /// # Panics
    /// When `name` is not a token of at most 128 octets, or begins with a prefix; in a `const` that is a
    /// compile error.
    #[track_caller]
    pub const fn host(name: &'static str) -> HostCookie<'static> {
        literal(HostCookie::parse(HostPrefix::Host, name))
    }

    /// As [`CookiePolicy::host`], for a name from the configuration.
    pub const fn try_host(name: &str) -> Result<HostCookie<'_>, CookieError> {
        HostCookie::parse(HostPrefix::Host, name)
    }

    /// `__Host-Http-{name}`: as [`CookiePolicy::host`], and no script can plant it.
    ///
    /// Browsers that do not know the prefix still enforce the `__Host-` that it begins with.
    ///
    /// # Panics
    /// As [`CookiePolicy::host`].
    #[track_caller]
    pub const fn host_http(name: &'static str) -> HostCookie<'static> {
        literal(HostCookie::parse(HostPrefix::HostHttp, name))
    }

    /// As [`CookiePolicy::host_http`], for a name from the configuration.
    pub const fn try_host_http(name: &str) -> Result<HostCookie<'_>, CookieError> {
        HostCookie::parse(HostPrefix::HostHttp, name)
    }

    /// `__Secure-{name}`: for a session that several hosts of a domain share, or that one path keeps.
    ///
    /// # Panics
    /// As [`CookiePolicy::host`].
    #[track_caller]
    pub const fn secure(name: &'static str) -> DomainCookie<'static> {
        literal(DomainCookie::parse(name))
    }

    /// As [`CookiePolicy::secure`], for a name from the configuration.
    pub const fn try_secure(name: &str) -> Result<DomainCookie<'_>, CookieError> {
        DomainCookie::parse(name)
    }

    /// `{name}` without a prefix and without `Secure`: for development over plain HTTP.
    ///
    /// # Panics
    /// As [`CookiePolicy::host`].
    ///
    /// # Security
    /// Anybody on the way can read and set the cookie. A server must refuse to serve such a policy on
    /// anything but a loopback address; [`CookiePolicy::is_insecure`] tells it.
    #[track_caller]
    pub const fn insecure_for_localhost(name: &'static str) -> LocalhostCookie<'static> {
        literal(LocalhostCookie::parse(name))
    }

    /// As [`CookiePolicy::insecure_for_localhost`], for a name from the configuration.
    pub const fn try_insecure_for_localhost(name: &str) -> Result<LocalhostCookie<'_>, CookieError> {
        LocalhostCookie::parse(name)
    }

    /// The name, prefix included: what to look for in a request.
    pub fn name(&self) -> &CookieName {
        &self.name
    }

    /// The `SameSite` of the cookie.
    pub const fn same_site(&self) -> SameSite {
        self.same_site
    }

    /// Whether the cookie travels over plain HTTP, so that only a loopback address may serve it.
    pub const fn is_insecure(&self) -> bool {
        self.transport_is_plain
    }

    /// What an operator should be told at start-up about a legal choice that is a weak one.
    pub fn warnings(&self) -> impl Iterator<Item = PolicyWarning> + use<> {
        [
            self.transport_is_plain.then_some(PolicyWarning::PlainHttp),
            self.is_domain_wide.then_some(PolicyWarning::DomainWide),
            (self.same_site == SameSite::None).then_some(PolicyWarning::CrossSite),
        ]
        .into_iter()
        .flatten()
    }

    /// Writes the `Set-Cookie` that hands out a session token; one always fits.
    ///
    /// Without `max_age` the cookie lives until the browser is closed.
    pub fn issue_token(&self, token: &TokenText, max_age: Option<MaxAge>) -> RenderedCookie {
        self.render(token.into(), max_age)
    }

    /// Writes the `Set-Cookie` that hands out any other value, such as a sealed session.
    ///
    /// # Errors
    /// [`CookieError::TooLarge`] when name and value exceed 4096 octets together. A value of up to 3900 octets
    /// always fits.
    pub fn issue(
        &self,
        value: CookieValue<'_>,
        max_age: Option<MaxAge>,
    ) -> Result<RenderedCookie, CookieError> {
        check_size(&self.name, value)?;
        Ok(self.render(value, max_age))
    }

    /// Writes the `Set-Cookie` that removes the cookie: the same attributes, no value, `Max-Age=0`.
    ///
    /// The attributes matter: a browser keeps a `__Host-` cookie when the removal lacks `Secure`, and takes a
    /// removal with another `Path` or `Domain` for another cookie.
    pub fn remove(&self) -> RenderedCookie {
        self.render(CookieValue::EMPTY, Some(MaxAge::ZERO))
    }

    fn render(&self, value: CookieValue<'_>, max_age: Option<MaxAge>) -> RenderedCookie {
        let value = value.as_bytes();
        let extra = if max_age.is_some() { MAX_AGE_OCTETS } else { 0 };
        let mut octets = Vec::with_capacity(self.head.len() + value.len() + self.tail.len() + extra);
        octets.extend_from_slice(&self.head);
        octets.extend_from_slice(value);
        octets.extend_from_slice(&self.tail);
        if let Some(max_age) = max_age {
            write_max_age(&mut octets, max_age);
        }
        RenderedCookie::of_octets(octets)
    }

    fn of_plan(plan: &Plan<'_>) -> Self {
        let prefix = plan.prefix.map_or("", |prefix| prefix.as_str());
        let name = [prefix, plan.label].concat();
        let head = [name.as_bytes(), b"="].concat();
        let mut tail = Vec::new();
        write_attributes(&mut tail, &plan.attributes);
        Self {
            name: CookieName::of_token(name.into()),
            head: head.into(),
            tail: tail.into(),
            transport_is_plain: !plan.attributes.secure,
            is_domain_wide: plan.attributes.domain.is_some(),
            same_site: plan.attributes.same_site.unwrap_or_default(),
        }
    }
}

impl From<HostCookie<'_>> for CookiePolicy {
    fn from(cookie: HostCookie<'_>) -> Self {
        Self::of_plan(&cookie.plan())
    }
}

impl From<DomainCookie<'_>> for CookiePolicy {
    fn from(cookie: DomainCookie<'_>) -> Self {
        Self::of_plan(&cookie.plan())
    }
}

impl From<LocalhostCookie<'_>> for CookiePolicy {
    fn from(cookie: LocalhostCookie<'_>) -> Self {
        Self::of_plan(&cookie.plan())
    }
}

impl fmt::Debug for CookiePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = String::from_utf8_lossy(&self.tail);
        f.debug_struct("CookiePolicy")
            .field("name", &self.name)
            .field("attributes", &attributes)
            .finish_non_exhaustive()
    }
}

/// A choice that is legal and weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PolicyWarning {
    /// The cookie travels over plain HTTP.
    #[error("the session cookie has no Secure: anybody on the network can read it")]
    PlainHttp,
    /// Every host below the domain gets the cookie and can replace it.
    #[error("the session cookie has a Domain: every subdomain can read and replace it")]
    DomainWide,
    /// Every site can cause requests that carry the cookie.
    #[error("the session cookie is SameSite=None: requests caused by other sites carry it")]
    CrossSite,
}

#[cfg(test)]
mod tests;
