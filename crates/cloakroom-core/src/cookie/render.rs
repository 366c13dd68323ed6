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
///
/// ```compile_fail,E0277
/// use cloakroom_core::cookie::CookiePolicy;
///
/// println!("{:?}", CookiePolicy::from(CookiePolicy::host("sid")).remove());
/// ```
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cookie::{name_set_by, parse};

    fn render(set_cookie: &SetCookie<'_>) -> String {
        let rendered = set_cookie.render().expect("the cookie is legal");
        String::from_utf8(rendered.into_bytes()).expect("a Set-Cookie is ASCII")
    }

    proptest! {
        #[test]
        fn what_is_rendered_reads_back_as_the_same_name_and_value(
            name in "[-!#$%&'*+.^_`|~A-Za-z0-9]{1,40}",
            value in "\"[!#-+\\--:<-\\[\\]-~]{0,40}\"|[!#-+\\--:<-\\[\\]-~]{0,40}",
        ) {
            let name = CookieName::parse(&name).expect("the name is a token");
            let value = CookieValue::parse(&value).expect("the value is made of cookie-octets");
            let cookie = SetCookie::new(&name, value).path(CookiePath::ROOT).secure().http_only();

            let line = render(&cookie);
            prop_assert_eq!(name_set_by(line.as_bytes()), name.as_bytes());
            let sent_back = line.split(';').next().map(str::as_bytes);
            let pairs: Vec<_> = parse(sent_back).map(|pair| (pair.name, pair.value)).collect();
            prop_assert_eq!(pairs, [(name.as_bytes(), value.as_bytes())]);
        }

        /// SYN-02, ASVS 4.2.4: the whole of what gets through is one line with no attribute of its own.
        #[test]
        fn no_value_adds_a_line_or_an_attribute(value in any::<Vec<u8>>()) {
            let name = CookieName::parse("sid").expect("the name is a token");
            if let Ok(value) = CookieValue::parse(&value) {
                let line = render(&SetCookie::new(&name, value));
                prop_assert!(line.bytes().all(|octet| octet.is_ascii_graphic() && octet != b';'));
            }
        }

        #[test]
        fn syn_07_a_max_age_is_its_digits(seconds in 0..=i64::MAX) {
            let mut line = Vec::new();
            write_max_age(&mut line, MaxAge::from_seconds(seconds).expect("it is not negative"));
            prop_assert_eq!(line, format!("; Max-Age={seconds}").into_bytes());
        }
    }

    #[test]
    fn syn_04_every_attribute_at_once_stands_there_once_however_often_it_is_asked_for() {
        let name = CookieName::parse("sid").expect("the name is a token");
        let domain = CookieDomain::parse("example.com").expect("it is a host name");
        let expires = Expires::parse("Sun, 06 Nov 1994 08:49:37 GMT").expect("it is a date");
        let mut cookie = SetCookie::new(&name, CookieValue::EMPTY).path(CookiePath::ROOT);
        for _ in 0..2 {
            cookie = cookie.path(CookiePath::ROOT).domain(domain).secure().http_only().partitioned();
            cookie = cookie.same_site(SameSite::None).expires(expires).max_age(MaxAge::ZERO);
        }
        assert_eq!(
            render(&cookie),
            "sid=; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=None; Partitioned; \
             Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=0"
        );
    }

    #[test]
    fn syn_08_name_and_value_have_4096_octets_together_at_most() {
        let name = CookieName::parse("sid").expect("the name is a token");
        let longest = "v".repeat(4096 - 3);
        let fits = CookieValue::parse(&longest).expect("it is made of cookie-octets");
        assert_eq!(render(&SetCookie::new(&name, fits)).len(), 4097);

        let longer = longest + "v";
        let value = CookieValue::parse(&longer).expect("it is made of cookie-octets");
        let error = CookieError::TooLarge { octets: 4097, octets_max: 4096 };
        assert_eq!(SetCookie::new(&name, value).render().err(), Some(error));
    }
}
