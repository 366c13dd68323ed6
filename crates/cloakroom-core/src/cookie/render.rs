//! Writing one `Set-Cookie` field value.

use super::attribute::{CookieDomain, CookiePath, MaxAge, SameSite};
use super::error::CookieError;
use super::expires::Expires;
use super::name::{CookieName, NAME_AND_VALUE_OCTETS_MAX};
use super::rules::Attributes;
use super::value::CookieValue;

/// Any cookie at all, for what [`CookiePolicy`](super::CookiePolicy) does not cover.
///
/// Every attribute is absent until it is asked for; what browsers would throw away is refused by
/// [`SetCookie::render`].
///
/// ```
/// use cloakroom_core::cookie::{CookieName, CookiePath, CookieValue, SameSite, SetCookie};
///
/// let name = CookieName::parse("theme")?;
/// let cookie = SetCookie::new(&name, CookieValue::parse("dark")?)
///     .path(CookiePath::ROOT)
///     .secure()
///     .same_site(SameSite::Lax)
///     .render()?;
/// assert_eq!(cookie.as_bytes(), b"theme=dark; Path=/; Secure; SameSite=Lax");
/// # Ok::<(), cloakroom_core::cookie::CookieError>(())
/// ```
///
/// Source: RFC 6265bis 4.1.
#[derive(Clone, Copy)]
#[must_use]
pub struct SetCookie<'a> {
    name: &'a CookieName,
    value: CookieValue<'a>,
    attributes: Attributes<'a>,
    expires: Option<Expires<'a>>,
    max_age: Option<MaxAge>,
}

impl<'a> SetCookie<'a> {
    /// Begins with a cookie that has no attributes.
    pub fn new(name: &'a CookieName, value: CookieValue<'a>) -> Self {
        Self { name, value, attributes: Attributes::default(), expires: None, max_age: None }
    }

    /// Limits the cookie to a path and what is below it. This is no protection against other paths.
    pub const fn path(mut self, path: CookiePath<'a>) -> Self {
        self.attributes.path = Some(path);
        self
    }

    /// Gives the cookie to every host below `domain`.
    pub const fn domain(mut self, domain: CookieDomain<'a>) -> Self {
        self.attributes.domain = Some(domain);
        self
    }

    /// Keeps the cookie for so long.
    pub const fn max_age(mut self, max_age: MaxAge) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Keeps the cookie until then; `Max-Age` wins when both are there.
    pub const fn expires(mut self, expires: Expires<'a>) -> Self {
        self.expires = Some(expires);
        self
    }

    /// Keeps the cookie to TLS.
    pub const fn secure(mut self) -> Self {
        self.attributes.secure = true;
        self
    }

    /// Hides the cookie from scripts.
    pub const fn http_only(mut self) -> Self {
        self.attributes.http_only = true;
        self
    }

    /// Says what other sites may cause.
    pub const fn same_site(mut self, same_site: SameSite) -> Self {
        self.attributes.same_site = Some(same_site);
        self
    }

    /// Keeps one cookie per top-level site.
    pub const fn partitioned(mut self) -> Self {
        self.attributes.partitioned = true;
        self
    }

    /// Writes the field value, if browsers would keep the cookie.
    ///
    /// # Errors
    /// [`CookieError::TooLarge`] and the errors about combinations: `SameSite=None` or `Partitioned` without
    /// `Secure`, and a prefix whose demands are not met.
    pub fn render(&self) -> Result<RenderedCookie, CookieError> {
        check_size(self.name, self.value)?;
        self.attributes.check(self.name.prefix())?;

        let mut octets = Vec::with_capacity(self.name.as_bytes().len() + self.value.as_bytes().len() + 128);
        octets.extend_from_slice(self.name.as_bytes());
        octets.push(b'=');
        octets.extend_from_slice(self.value.as_bytes());
        write_attributes(&mut octets, &self.attributes);
        if let Some(expires) = self.expires {
            write_attribute(&mut octets, "Expires", expires.as_str());
        }
        if let Some(max_age) = self.max_age {
            write_max_age(&mut octets, max_age);
        }
        Ok(RenderedCookie(octets))
    }
}

/// A finished `Set-Cookie` field value.
///
/// It is ASCII without control characters, so it can become a header value as it is.
///
/// # Security
/// It may hold a token: there is no `Debug` and no `Display`. It is not wiped, since the header value, the
/// connection's buffers and the browser hold the same octets after it.
#[must_use]
pub struct RenderedCookie(Vec<u8>);

impl RenderedCookie {
    /// Takes what this module's own writers wrote.
    pub(super) const fn of_octets(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The field value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The field value, for a header type that takes over the allocation.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Refuses what browsers would drop without a word.
pub(super) fn check_size(name: &CookieName, value: CookieValue<'_>) -> Result<(), CookieError> {
    let octets = name.as_bytes().len() + value.as_bytes().len();
    if octets > NAME_AND_VALUE_OCTETS_MAX {
        return Err(CookieError::TooLarge { octets, octets_max: NAME_AND_VALUE_OCTETS_MAX });
    }
    Ok(())
}

/// Writes all that does not depend on time.
pub(super) fn write_attributes(out: &mut Vec<u8>, attributes: &Attributes<'_>) {
    if let Some(path) = attributes.path {
        write_attribute(out, "Path", path.as_str());
    }
    if let Some(domain) = attributes.domain {
        write_attribute(out, "Domain", domain.as_str());
    }
    if attributes.secure {
        out.extend_from_slice(b"; Secure");
    }
    if attributes.http_only {
        out.extend_from_slice(b"; HttpOnly");
    }
    if let Some(same_site) = attributes.same_site {
        write_attribute(out, "SameSite", same_site.as_str());
    }
    if attributes.partitioned {
        out.extend_from_slice(b"; Partitioned");
    }
}

/// The digits of `u64::MAX`.
const MAX_AGE_DIGITS: usize = 20;
/// The most that [`write_max_age`] writes.
pub(super) const MAX_AGE_OCTETS: usize = "; Max-Age=".len() + MAX_AGE_DIGITS;

/// Writes `; Max-Age=` and digits, without allocating for them.
pub(super) fn write_max_age(out: &mut Vec<u8>, max_age: MaxAge) {
    out.extend_from_slice(b"; Max-Age=");
    let mut seconds = max_age.seconds();
    let mut digits = [0; MAX_AGE_DIGITS];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b"0123456789"[(seconds % 10) as usize];
        seconds /= 10;
        if seconds == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

fn write_attribute(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b"; ");
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    out.extend_from_slice(value.as_bytes());
}
