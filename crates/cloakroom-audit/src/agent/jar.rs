//! A browser's jar: what it keeps, and what a request carries.
//!
//! Source: RFC 6265bis 5.7, 5.8.3.

use url::Url;

use super::cookie::{Cookie, SameSite};
use super::domain::{domain_matches, is_public_suffix, is_secure};
use super::parse::ParsedCookie;
use super::path::{default_path, path_matches};
use super::prefix::Prefix;
use super::refusal::Refusal;
use super::time::UnixTime;

/// Who caused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// The site itself, or somebody who typed its address.
    SameSite,
    /// Another site, by a link that the user followed.
    CrossSiteLink,
    /// Another site in any other way: a form's POST, an image, a script.
    CrossSite,
}

/// The cookies of one browser, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
}

impl Jar {
    /// Everything in it.
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// Reads a `Set-Cookie` that came from a URL, and keeps the cookie, or removes the one that it ends.
    ///
    /// Returns the cookie as it was understood; one that has ended is not in the jar.
    ///
    /// # Errors
    /// Why a browser keeps nothing.
    pub fn receive(&mut self, url: &Url, field: &[u8], now: UnixTime) -> Result<Cookie, Refusal> {
        let parsed = ParsedCookie::parse(field, now)?;
        let cookie = self.judge(url, &parsed)?;
        let is_it = |other: &Cookie| {
            (&other.name, &other.domain, &other.path) == (&cookie.name, &cookie.domain, &cookie.path)
                && (other.host_only, other.partitioned) == (cookie.host_only, cookie.partitioned)
        };
        let place = self.cookies.iter().position(is_it);
        match (place, cookie.is_expired(now)) {
            (Some(at), true) => drop(self.cookies.remove(at)),
            // It keeps the place of the one before it, which is the time that it counts from.
            (Some(at), false) => self.cookies[at] = cookie.clone(),
            (None, true) => {}
            (None, false) => self.cookies.push(cookie.clone()),
        }
        Ok(cookie)
    }

    /// Puts a cookie there as somebody else could who can set one, such as a neighbouring host.
    pub fn plant(&mut self, cookie: Cookie) {
        self.cookies.push(cookie);
    }

    /// The cookies that a request carries, in their order.
    pub fn cookies_for(&self, url: &Url, asking: Asking, now: UnixTime) -> Vec<&Cookie> {
        let host = url.host_str().unwrap_or_default();
        let belongs = |cookie: &&Cookie| {
            let is_of_host =
                if cookie.host_only { cookie.domain == host } else { domain_matches(host, &cookie.domain) };
            is_of_host
                && path_matches(url.path().as_bytes(), &cookie.path)
                && (!cookie.secure || is_secure(url))
                && !cookie.is_expired(now)
                && goes_along(cookie.same_site, asking)
        };
        let mut cookies: Vec<&Cookie> = self.cookies.iter().filter(belongs).collect();
        // Stable: older ones of the same length come first.
        cookies.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        cookies
    }

    /// The `Cookie` field of a request; `None` where it has none.
    pub fn field_for(&self, url: &Url, asking: Asking, now: UnixTime) -> Option<Vec<u8>> {
        let pairs: Vec<Vec<u8>> = self
            .cookies_for(url, asking, now)
            .into_iter()
            .map(|cookie| {
                let mark: &[u8] = if cookie.name.is_empty() { b"" } else { b"=" };
                [&cookie.name, mark, &cookie.value].concat()
            })
            .collect();
        (!pairs.is_empty()).then(|| pairs.join(&b"; "[..]))
    }

    /// The steps of the storage model that may refuse, in their order.
    fn judge(&self, url: &Url, parsed: &ParsedCookie) -> Result<Cookie, Refusal> {
        let host = url.host_str().unwrap_or_default();
        let asked = parsed.domain.as_deref().unwrap_or_default();
        let asked = match str::from_utf8(asked) {
            Ok(asked) if asked.is_ascii() => asked,
            _ => return Err(Refusal::DomainNonAscii),
        };
        let domain = match asked {
            suffix if is_public_suffix(suffix) && suffix == host => "",
            suffix if !suffix.is_empty() && is_public_suffix(suffix) => return Err(Refusal::PublicSuffix),
            domain => domain,
        };
        if !domain.is_empty() && !domain_matches(host, domain) {
            return Err(Refusal::DomainMismatch);
        }
        let path = parsed.path.clone().unwrap_or_else(|| default_path(url.path()).as_bytes().to_vec());
        let cookie = Cookie {
            name: parsed.name.clone(),
            value: parsed.value.clone(),
            domain: if domain.is_empty() { host } else { domain }.to_owned(),
            host_only: domain.is_empty(),
            path,
            secure: parsed.secure,
            http_only: parsed.http_only,
            same_site: parsed.same_site,
            partitioned: parsed.partitioned,
            expires: parsed.expires,
        };
        if cookie.secure && !is_secure(url) {
            return Err(Refusal::SecureOnInsecureOrigin);
        }
        if !cookie.secure && !is_secure(url) && self.hides_a_secure_one(&cookie) {
            return Err(Refusal::HidesSecure);
        }
        if cookie.same_site == SameSite::None && !cookie.secure {
            return Err(Refusal::SameSiteNoneInsecure);
        }
        keeps_its_promise(&cookie, parsed)?;
        if cookie.partitioned && !cookie.secure {
            return Err(Refusal::PartitionedInsecure);
        }
        Ok(cookie)
    }

    fn hides_a_secure_one(&self, cookie: &Cookie) -> bool {
        self.cookies.iter().any(|other| {
            let overlaps = domain_matches(&other.domain, &cookie.domain)
                || domain_matches(&cookie.domain, &other.domain);
            other.secure && other.name == cookie.name && overlaps && path_matches(&cookie.path, &other.path)
        })
    }
}

/// Whether a cookie is what the beginning of its name promises.
fn keeps_its_promise(cookie: &Cookie, parsed: &ParsedCookie) -> Result<(), Refusal> {
    if cookie.name.is_empty() {
        let reads_as_one = Prefix::of(&cookie.value).is_some();
        return if reads_as_one { Err(Refusal::NamelessPrefix) } else { Ok(()) };
    }
    let Some(prefix) = Prefix::of(&cookie.name) else { return Ok(()) };
    let is_whole_host = cookie.host_only && cookie.path == b"/" && parsed.path.is_some();
    let keeps =
        cookie.secure && (!prefix.is_host() || is_whole_host) && (!prefix.is_http() || cookie.http_only);
    let refusal = match prefix {
        Prefix::Secure => Refusal::PrefixSecure,
        Prefix::Host => Refusal::PrefixHost,
        Prefix::Http => Refusal::PrefixHttp,
        Prefix::HostHttp => Refusal::PrefixHostHttp,
    };
    if keeps { Ok(()) } else { Err(refusal) }
}

const fn goes_along(same_site: SameSite, asking: Asking) -> bool {
    match asking {
        Asking::SameSite => true,
        Asking::CrossSiteLink => !matches!(same_site, SameSite::Strict),
        Asking::CrossSite => matches!(same_site, SameSite::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn jar(lines: &[(&str, &str)]) -> Jar {
        let mut jar = Jar::default();
        for (from, field) in lines {
            // A refusal shows in what the jar then holds.
            let _kept = jar.receive(&url(from), field.as_bytes(), NOW);
        }
        jar
    }

    fn sent(jar: &Jar, to: &str, asking: Asking) -> String {
        String::from_utf8(jar.field_for(&url(to), asking, NOW).unwrap_or_default()).unwrap()
    }

    #[test]
    fn longer_paths_come_first_and_then_older_cookies() {
        let site = "https://a.test/x/y";
        let jar = jar(&[
            (site, "a=1; Path=/"),
            (site, "b=2; Path=/x"),
            (site, "c=3; Path=/"),
            (site, "a=4; Path=/"),
        ]);
        assert_eq!(sent(&jar, "https://a.test/x/y", Asking::SameSite), "b=2; a=4; c=3");
        assert_eq!(sent(&jar, "https://a.test/", Asking::SameSite), "a=4; c=3");
    }

    #[test]
    fn plain_http_hides_no_secure_cookie() {
        let lines = [("https://a.test/", "a=good; Secure; Path=/"), ("http://a.test/", "a=evil; Path=/")];
        assert_eq!(sent(&jar(&lines), "https://a.test/", Asking::SameSite), "a=good");
        let mut jar = jar(&lines[..1]);
        let refused = jar.receive(&url("http://sub.a.test/"), b"a=evil; Domain=a.test; Path=/", NOW);
        assert_eq!(refused, Err(Refusal::HidesSecure));
        // Beside it, where it does not hide it.
        assert!(jar.receive(&url("http://a.test/"), b"b=other; Path=/", NOW).is_ok());
    }

    #[test]
    fn same_site_decides_what_another_site_can_send_along() {
        let site = "https://a.test/";
        let jar = jar(&[
            (site, "s=1; SameSite=Strict"),
            (site, "l=1; SameSite=Lax"),
            (site, "n=1; SameSite=None; Secure"),
            (site, "u=1"),
        ]);
        assert_eq!(sent(&jar, site, Asking::SameSite), "s=1; l=1; n=1; u=1");
        assert_eq!(sent(&jar, site, Asking::CrossSiteLink), "l=1; n=1; u=1");
        assert_eq!(sent(&jar, site, Asking::CrossSite), "n=1");
    }

    #[test]
    fn one_that_has_ended_removes_the_one_before() {
        let site = "https://a.test/";
        let jar = jar(&[(site, "a=1; Path=/"), (site, "b=1; Path=/"), (site, "a=; Path=/; Max-Age=0")]);
        assert_eq!(sent(&jar, site, Asking::SameSite), "b=1");
    }

    #[test]
    fn a_cookie_without_a_name_is_sent_without_the_sign() {
        assert_eq!(sent(&jar(&[("https://a.test/", "=b")]), "https://a.test/", Asking::SameSite), "b");
    }

    #[test]
    fn a_host_that_is_itself_a_suffix_may_name_itself() {
        let mut jar = Jar::default();
        let cookie = jar.receive(&url("http://localhost/"), b"a=1; Domain=localhost", NOW).unwrap();
        assert!(cookie.host_only);
    }
}
