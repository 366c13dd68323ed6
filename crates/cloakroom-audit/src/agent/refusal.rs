//! Why a browser keeps no cookie, and the step of the standard that says so.

use thiserror::Error;

/// Why a browser throws a `Set-Cookie` away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// A control character anywhere in the field.
    #[error("it holds a control character")]
    ControlCharacter,
    /// Neither name nor value.
    #[error("it has neither name nor value")]
    Empty,
    /// Name and value are longer than 4096 octets.
    #[error("its name and value are longer than 4096 octets together")]
    TooLarge,
    /// `Domain` with octets outside of ASCII.
    #[error("its Domain is not ASCII")]
    DomainNonAscii,
    /// `Domain` is a suffix under which strangers register names.
    #[error("its Domain is a public suffix, such as com")]
    PublicSuffix,
    /// `Domain` is not the host's own, nor one above it.
    #[error("its Domain is not that of the host that sets it")]
    DomainMismatch,
    /// `Secure` over plain HTTP.
    #[error("it says Secure, but came over plain HTTP")]
    SecureOnInsecureOrigin,
    /// Over plain HTTP, in the place of one that is `Secure`.
    #[error("it came over plain HTTP and would hide a Secure cookie of its name")]
    HidesSecure,
    /// `SameSite=None` without `Secure`.
    #[error("SameSite=None needs Secure")]
    SameSiteNoneInsecure,
    /// `Partitioned` without `Secure`.
    #[error("Partitioned needs Secure")]
    PartitionedInsecure,
    /// `__Secure-` without what it promises.
    #[error("the prefix __Secure- needs Secure")]
    PrefixSecure,
    /// `__Host-` without what it promises.
    #[error("the prefix __Host- needs Secure, Path=/ and no Domain")]
    PrefixHost,
    /// `__Http-` without what it promises.
    #[error("the prefix __Http- needs Secure and HttpOnly")]
    PrefixHttp,
    /// `__Host-Http-` without what it promises.
    #[error("the prefix __Host-Http- needs Secure, HttpOnly, Path=/ and no Domain")]
    PrefixHostHttp,
    /// Without a name, and a value that would read as a prefixed one.
    #[error("it has no name, and its value begins like a prefix")]
    NamelessPrefix,
}

impl Refusal {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::ControlCharacter,
        Self::Empty,
        Self::TooLarge,
        Self::DomainNonAscii,
        Self::PublicSuffix,
        Self::DomainMismatch,
        Self::SecureOnInsecureOrigin,
        Self::HidesSecure,
        Self::SameSiteNoneInsecure,
        Self::PartitionedInsecure,
        Self::PrefixSecure,
        Self::PrefixHost,
        Self::PrefixHttp,
        Self::PrefixHostHttp,
        Self::NamelessPrefix,
    ];

    /// A stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ControlCharacter => "ctl",
            Self::Empty => "empty",
            Self::TooLarge => "too-large",
            Self::DomainNonAscii => "domain-non-ascii",
            Self::PublicSuffix => "public-suffix",
            Self::DomainMismatch => "domain-mismatch",
            Self::SecureOnInsecureOrigin => "secure-on-insecure-origin",
            Self::HidesSecure => "hides-secure",
            Self::SameSiteNoneInsecure => "samesite-none-insecure",
            Self::PartitionedInsecure => "partitioned-insecure",
            Self::PrefixSecure => "prefix-secure",
            Self::PrefixHost => "prefix-host",
            Self::PrefixHttp => "prefix-http",
            Self::PrefixHostHttp => "prefix-host-http",
            Self::NamelessPrefix => "nameless-prefix",
        }
    }

    /// The step that refuses.
    pub const fn source(self) -> &'static str {
        match self {
            Self::ControlCharacter => "RFC 6265bis 5.6 step 1",
            Self::Empty => "RFC 6265bis 5.7 step 2",
            Self::TooLarge => "RFC 6265bis 5.7 step 4",
            Self::DomainNonAscii => "RFC 6265bis 5.7 step 7",
            Self::PublicSuffix => "RFC 6265bis 5.7 step 8",
            Self::DomainMismatch => "RFC 6265bis 5.7 step 9",
            Self::SecureOnInsecureOrigin => "RFC 6265bis 5.7 step 13",
            Self::HidesSecure => "RFC 6265bis 5.7 step 16",
            Self::SameSiteNoneInsecure => "RFC 6265bis 5.7 step 19",
            Self::PartitionedInsecure => "CHIPS, Partitioned attribute",
            Self::PrefixSecure => "RFC 6265bis 5.7 step 20",
            Self::PrefixHost => "RFC 6265bis 5.7 step 21",
            Self::PrefixHttp | Self::PrefixHostHttp => "layered cookies, Store a Cookie",
            Self::NamelessPrefix => "RFC 6265bis 5.7 step 22",
        }
    }
}
