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
