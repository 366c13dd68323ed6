//! What the attributes of one cookie demand of each other and of its name.

use super::attribute::{CookieDomain, CookiePath, SameSite};
use super::error::CookieError;
use super::name::NamePrefix;

/// The attributes that say where a cookie goes; how long it lives is said apart from them.
///
/// Each attribute is a field, so that none can be written twice.
#[derive(Clone, Copy, Default)]
pub(super) struct Attributes<'a> {
    pub(super) path: Option<CookiePath<'a>>,
    pub(super) domain: Option<CookieDomain<'a>>,
    pub(super) secure: bool,
    pub(super) http_only: bool,
    pub(super) same_site: Option<SameSite>,
    pub(super) partitioned: bool,
}

impl Attributes<'_> {
    /// Whether a browser would keep a cookie of this name with these attributes.
    ///
    /// Source: RFC 6265bis 5.7, steps 19 to 22; layered cookies 4.1.3; CHIPS.
    pub(super) fn check(&self, prefix: Option<NamePrefix>) -> Result<(), CookieError> {
        if self.same_site == Some(SameSite::None) && !self.secure {
            return Err(CookieError::SameSiteNoneInsecure);
        }
        if self.partitioned && !self.secure {
            return Err(CookieError::PartitionedInsecure);
        }
        let (kept, error) = match prefix {
            None => return Ok(()),
            Some(NamePrefix::Secure) => (self.secure, CookieError::PrefixSecure),
            Some(NamePrefix::Host) => (self.is_host_only(), CookieError::PrefixHost),
            Some(NamePrefix::Http) => (self.secure && self.http_only, CookieError::PrefixHttp),
            Some(NamePrefix::HostHttp) => {
                (self.is_host_only() && self.http_only, CookieError::PrefixHostHttp)
            }
        };
        if kept { Ok(()) } else { Err(error) }
    }

    /// An absent `Path` is not enough for `__Host-`: browsers disagree about the default path.
    fn is_host_only(&self) -> bool {
        self.secure && self.domain.is_none() && self.path.is_some_and(CookiePath::is_root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of attributes; a path or a domain stands for all others of its kind.
    fn every_set() -> impl Iterator<Item = Attributes<'static>> {
        const PATHS: [Option<&str>; 3] = [None, Some("/"), Some("/app")];
        const SAME_SITES: [Option<SameSite>; 4] =
            [None, Some(SameSite::Strict), Some(SameSite::Lax), Some(SameSite::None)];
        (0..3 * 4 * 16).map(|index: usize| {
            let bit = |at: usize| (index / 12) >> at & 1 == 1;
            Attributes {
                path: PATHS[index % 3].and_then(|path| CookiePath::parse(path).ok()),
                same_site: SAME_SITES[index / 3 % 4],
                domain: CookieDomain::parse("example.com").ok().filter(|_| bit(0)),
                secure: bit(1),
                http_only: bit(2),
                partitioned: bit(3),
            }
        })
    }

    fn violations(name: &str, attributes: &Attributes<'_>) -> Vec<CookieError> {
        let lower = name.to_ascii_lowercase();
        let is_root = attributes.path == Some(CookiePath::ROOT);
        let host_broken = !attributes.secure || !is_root || attributes.domain.is_some();
        let http_broken = !attributes.secure || !attributes.http_only;
        let is_host_http = lower.starts_with("__host-http-");
        let is_host = lower.starts_with("__host-") && !is_host_http;
        [
            (
                !attributes.secure && attributes.same_site == Some(SameSite::None),
                CookieError::SameSiteNoneInsecure,
            ),
            (!attributes.secure && attributes.partitioned, CookieError::PartitionedInsecure),
            (!attributes.secure && lower.starts_with("__secure-"), CookieError::PrefixSecure),
            (host_broken && is_host, CookieError::PrefixHost),
            (http_broken && lower.starts_with("__http-"), CookieError::PrefixHttp),
            ((host_broken || http_broken) && is_host_http, CookieError::PrefixHostHttp),
        ]
        .into_iter()
        .filter_map(|(broken, error)| broken.then_some(error))
        .collect()
    }

    #[test]
    fn pfx_02_atr_04_a_set_is_refused_exactly_when_a_browser_would_drop_the_cookie() {
        let names = ["sid", "__Secure-sid", "__Host-sid", "__Http-sid", "__Host-Http-sid", "__HostHttp-sid"];
        for name in names {
            for name in [name.to_owned(), name.to_ascii_uppercase(), name.to_ascii_lowercase()] {
                for attributes in every_set() {
                    let expected = violations(&name, &attributes);
                    match attributes.check(NamePrefix::of(name.as_bytes())) {
                        Ok(()) => assert!(expected.is_empty(), "{name}: {expected:?}"),
                        Err(error) => {
                            assert!(expected.contains(&error), "{name}: {error} is not in {expected:?}");
                        }
                    }
                }
            }
        }
    }
}
