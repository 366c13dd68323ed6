//! The cookie that is read once and removed.

use cloakroom_core::cookie::{
    CookieDomain, CookieError, CookieName, CookiePath, CookieValue, MaxAge, SetCookie, find_all,
};

/// A cookie of the other system: its name, and where it was set.
///
/// Browsers remove a cookie only for a name, path and domain that are those it was set with, so these are what the old
/// system's configuration has.
///
/// ```
/// use cloakroom_foreign::ForeignCookie;
///
/// let cookie = ForeignCookie::new("sessionid")?.domain("example.com")?;
/// assert_eq!(cookie.value([&b"theme=dark; sessionid=abc"[..]]), Some(&b"abc"[..]));
/// assert_eq!(cookie.value([&b"sessionid=abc; sessionid=def"[..]]), None);
/// assert_eq!(cookie.removal(), b"sessionid=; Path=/; Domain=example.com; HttpOnly; Max-Age=0");
/// # Ok::<_, cloakroom_foreign::CookieError>(())
/// ```
pub struct ForeignCookie {
    name: CookieName,
    path: String,
    domain: Option<String>,
    is_secure: bool,
    is_partitioned: bool,
    removal: Vec<u8>,
}

impl ForeignCookie {
    /// The cookie of this name, set for its host and `Path=/`.
    ///
    /// # Errors
    /// When the name is none that a cookie can have.
    pub fn new(name: &str) -> Result<Self, CookieError> {
        let name = CookieName::parse(name)?;
        let is_secure = name.prefix().is_some();
        let cookie = Self {
            name,
            path: CookiePath::ROOT.as_str().to_owned(),
            domain: None,
            is_secure,
            is_partitioned: false,
            removal: Vec::new(),
        };
        cookie.rendered()
    }

    /// Set for another path.
    ///
    /// # Errors
    /// When no cookie can have this path, or none of this name.
    pub fn path(mut self, path: &str) -> Result<Self, CookieError> {
        path.clone_into(&mut self.path);
        self.rendered()
    }

    /// Set for a domain and all hosts below it.
    ///
    /// # Errors
    /// When no cookie can have this domain, or none of this name.
    pub fn domain(mut self, domain: &str) -> Result<Self, CookieError> {
        self.domain = Some(domain.to_owned());
        self.rendered()
    }

    /// Set with `Secure; Partitioned`.
    ///
    /// # Errors
    /// As [`ForeignCookie::path`].
    pub fn partitioned(mut self) -> Result<Self, CookieError> {
        (self.is_secure, self.is_partitioned) = (true, true);
        self.rendered()
    }

    /// The cookie's value in the lines of a request's `Cookie` field; `None` when there is none, or two that differ.
    ///
    /// # Security
    /// A sibling's host can plant a second cookie of the name, of its own user. Of two, neither is believed.
    pub fn value<'h>(&self, lines: impl IntoIterator<Item = &'h [u8]>) -> Option<&'h [u8]> {
        let mut values = lines.into_iter().flat_map(|line| find_all(line, &self.name));
        let first = values.next()?;
        values.all(|value| value == first).then_some(first)
    }

    /// The `Set-Cookie` field that removes the cookie.
    pub fn removal(&self) -> &[u8] {
        &self.removal
    }

    fn rendered(mut self) -> Result<Self, CookieError> {
        let path = CookiePath::parse(&self.path)?;
        let empty = CookieValue::parse("")?;
        let mut cookie = SetCookie::new(&self.name, empty).path(path).http_only().max_age(MaxAge::ZERO);
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(CookieDomain::parse(domain)?);
        }
        if self.is_secure {
            cookie = cookie.secure();
        }
        if self.is_partitioned {
            cookie = cookie.partitioned();
        }
        let removal = cookie.render()?.into_bytes();
        self.removal = removal;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_removed_with_the_attributes_that_its_name_demands() {
        let removal = |cookie: Result<ForeignCookie, CookieError>| {
            cookie.map(|cookie| String::from_utf8_lossy(cookie.removal()).into_owned())
        };
        let host = removal(ForeignCookie::new("__Host-sid"));
        assert_eq!(host.as_deref(), Ok("__Host-sid=; Path=/; Secure; HttpOnly; Max-Age=0"));
        assert!(ForeignCookie::new("__Host-sid").and_then(|cookie| cookie.path("/app")).is_err());
        let parted = removal(ForeignCookie::new("sid").and_then(ForeignCookie::partitioned));
        assert_eq!(parted.as_deref(), Ok("sid=; Path=/; Secure; HttpOnly; Partitioned; Max-Age=0"));
        assert!(ForeignCookie::new("s id").is_err());
    }

    #[test]
    fn of_two_cookies_that_differ_neither_is_believed() {
        let cookie = ForeignCookie::new("sid").expect("a name");
        assert_eq!(cookie.value([&b"sid=a"[..], b"sid=a"]), Some(&b"a"[..]));
        assert_eq!(cookie.value([&b"sid=a"[..], b"sid=b"]), None);
        assert_eq!(cookie.value([&b"SID=a"[..]]), None);
    }
}
