//! A cookie as it lies in a browser's jar.

use super::time::UnixTime;

/// When a cookie goes along with a request that another site caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// Never.
    Strict,
    /// When somebody follows a link.
    Lax,
    /// Always.
    None,
    /// It does not say, and browsers disagree.
    Default,
}

impl SameSite {
    /// The attribute's value; `Default` where it has none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
            Self::Default => "Default",
        }
    }
}

/// A cookie that a browser keeps. Octets are as they came; nothing is decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name; may be empty.
    pub name: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
    /// The host, or the domain above it, that it belongs to.
    pub domain: String,
    /// Whether hosts below do not get it.
    pub host_only: bool,
    /// The path that it belongs to.
    pub path: Vec<u8>,
    /// Whether it goes over TLS only.
    pub secure: bool,
    /// Whether it is kept from scripts.
    pub http_only: bool,
    /// When it goes along with requests that other sites caused.
    pub same_site: SameSite,
    /// Whether there is one for each site that embeds this one.
    pub partitioned: bool,
    /// When it ends, at most 400 days ahead; without one it ends with the browser.
    pub expires: Option<UnixTime>,
}

impl Cookie {
    /// Its name, for people.
    pub fn name_text(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// How long it lives, in seconds, from a moment on; `None` as long as the browser.
    pub fn lifetime_s(&self, now: UnixTime) -> Option<i64> {
        self.expires.map(|expires| (expires.0 - now.0).max(0))
    }

    /// Whether it has ended: a way to remove one.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Without the value, which may be a secret.
impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name_text())
            .field("value_octets", &self.value.len())
            .field("domain", &self.domain)
            .field("host_only", &self.host_only)
            .field("path", &String::from_utf8_lossy(&self.path))
            .field("secure", &self.secure)
            .field("http_only", &self.http_only)
            .field("same_site", &self.same_site)
            .field("partitioned", &self.partitioned)
            .field("expires", &self.expires)
            .finish()
    }
}
