//! Names whose beginning promises something that browsers enforce.
//!
//! Source: RFC 6265bis 4.1.3, 5.4; layered cookies 4.1.3.

/// What the beginning of a cookie's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// `__Secure-`: set over TLS with `Secure`.
    Secure,
    /// `__Host-`: that, for one host and the whole of it.
    Host,
    /// `__Http-`: that, and never by a script.
    Http,
    /// `__Host-Http-`: both.
    HostHttp,
}

impl Prefix {
    /// Longer ones first: each name has one.
    const ALL: [Self; 4] = [Self::HostHttp, Self::Host, Self::Secure, Self::Http];

    /// The prefix of a name, in any case, as browsers look for it.
    pub fn of(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| {
            let start = name.get(..prefix.as_str().len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_str().as_bytes()))
        })
    }

    /// As it is meant to be written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secure => "__Secure-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::HostHttp => "__Host-Http-",
        }
    }

    /// Whether it ties the cookie to one host.
    pub const fn is_host(self) -> bool {
        matches!(self, Self::Host | Self::HostHttp)
    }

    /// Whether it keeps scripts from setting the cookie.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::HostHttp)
    }
}
