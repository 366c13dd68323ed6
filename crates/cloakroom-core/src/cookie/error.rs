//! Why a cookie was refused.

/// Why a cookie, or a part of one, was refused; one variant per reason.
///
/// # Security
/// No variant carries an octet of a value: an error may be logged, a cookie value may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CookieError {
    /// The name has no octets. A cookie without a name is another kind of cookie to a browser.
    #[error("the cookie name is empty")]
    NameEmpty,
    /// The name holds an octet that no RFC 9110 token holds.
    #[error("octet {position} of the cookie name is not a token character")]
    NameNotToken {
        /// Where the octet stands, counted from zero.
        position: usize,
    },
    /// A policy puts its prefix before the name, so that the name itself must not begin with one.
    #[error("the cookie name already begins with a prefix; name the cookie without it")]
    NameHasPrefix,
    /// The name of a policy is so long that it would eat into the room for the value.
    #[error("the cookie name is longer than {octets_max} octets")]
    NameTooLong {
        /// The longest name that a policy takes.
        octets_max: usize,
    },
    /// The value holds an octet that is not a `cookie-octet`, or a `DQUOTE` without its partner.
    #[error("octet {position} of the cookie value is not a cookie-octet")]
    ValueOctet {
        /// Where the octet stands, counted from zero.
        position: usize,
    },
    /// Name and value together are longer than what browsers store.
    #[error("name and value have {octets} octets together, and browsers drop more than {octets_max}")]
    TooLarge {
        /// What they have.
        octets: usize,
        /// What they may have.
        octets_max: usize,
    },
    /// The path holds a control character, a `;` or an octet outside ASCII.
    #[error("octet {position} of the path cannot stand in a cookie attribute")]
    PathOctet {
        /// Where the octet stands, counted from zero.
        position: usize,
    },
    /// The path does not begin with `/`, so that browsers would take the directory of the request instead.
    #[error("the path does not begin with a slash")]
    PathNotAbsolute,
    /// An attribute value is longer than 1024 octets, so that browsers would skip the attribute.
    #[error("an attribute value is longer than {octets_max} octets")]
    AttributeTooLong {
        /// The longest attribute value that browsers read.
        octets_max: usize,
    },
    /// The domain is not a host name of letters, digits and inner hyphens.
    #[error("the domain is not a host name")]
    DomainSyntax,
    /// The domain begins with a dot, which browsers strip: the same domain is meant without it.
    #[error("the domain begins with a dot")]
    DomainLeadingDot,
    /// `Max-Age` is digits only.
    #[error("max-age is negative; zero removes a cookie")]
    MaxAgeNegative,
    /// `Expires` is not an IMF-fixdate of an existing day with the right name.
    #[error("expires is not an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT`")]
    ExpiresNotImfFixdate,
    /// The word is none of `Strict`, `Lax` and `None`.
    #[error("same-site is none of Strict, Lax and None")]
    SameSiteValue,
    /// `SameSite=None` needs `Secure`.
    #[error("SameSite=None without Secure")]
    SameSiteNoneInsecure,
    /// `Partitioned` needs `Secure`.
    #[error("Partitioned without Secure")]
    PartitionedInsecure,
    /// `__Secure-` needs `Secure`.
    #[error("the __Secure- prefix needs Secure")]
    PrefixSecure,
    /// `__Host-` needs `Secure` and `Path=/` and forbids `Domain`.
    #[error("the __Host- prefix needs Secure and Path=/ and forbids Domain")]
    PrefixHost,
    /// `__Http-` needs `Secure` and `HttpOnly`.
    #[error("the __Http- prefix needs Secure and HttpOnly")]
    PrefixHttp,
    /// `__Host-Http-` needs `Secure`, `HttpOnly` and `Path=/` and forbids `Domain`.
    #[error("the __Host-Http- prefix needs Secure, HttpOnly and Path=/ and forbids Domain")]
    PrefixHostHttp,
}

impl CookieError {
    /// A short code that stays the same across versions, for logs and for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NameEmpty => "name-empty",
            Self::NameNotToken { .. } => "name-not-token",
            Self::NameHasPrefix => "name-has-prefix",
            Self::NameTooLong { .. } => "name-too-long",
            Self::ValueOctet { .. } => "value-octet",
            Self::TooLarge { .. } => "too-large",
            Self::PathOctet { .. } => "path-octet",
            Self::PathNotAbsolute => "path-not-absolute",
            Self::AttributeTooLong { .. } => "attr-too-long",
            Self::DomainSyntax => "domain-syntax",
            Self::DomainLeadingDot => "domain-leading-dot",
            Self::MaxAgeNegative => "max-age-negative",
            Self::ExpiresNotImfFixdate => "expires-not-imf-fixdate",
            Self::SameSiteValue => "samesite-value",
            Self::SameSiteNoneInsecure => "samesite-none-insecure",
            Self::PartitionedInsecure => "partitioned-insecure",
            Self::PrefixSecure => "prefix-secure",
            Self::PrefixHost => "prefix-host",
            Self::PrefixHttp => "prefix-http",
            Self::PrefixHostHttp => "prefix-host-http",
        }
    }
}
