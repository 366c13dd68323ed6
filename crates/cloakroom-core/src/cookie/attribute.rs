//! The attributes of a `Set-Cookie`, each as a type that holds legal values only.

use core::str::FromStr;
use core::time::Duration;

use super::error::CookieError;

/// Browsers skip an attribute whose value is longer (RFC 6265bis 5.6).
const ATTRIBUTE_OCTETS_MAX: usize = 1024;

/// When browsers send a cookie with a request that another site caused.
///
/// It is always written: without the attribute, browsers disagree about what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SameSite {
    /// Never, not even when a visitor follows a link from elsewhere.
    Strict,
    /// Only when a visitor navigates by a safe method.
    #[default]
    Lax,
    /// Always. Such a cookie needs `Secure` and a defence of its own against cross-site requests.
    None,
}

impl SameSite {
    /// The attribute value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

impl FromStr for SameSite {
    type Err = CookieError;

    /// Reads exactly what [`SameSite::as_str`] writes.
    fn from_str(word: &str) -> Result<Self, CookieError> {
        match word {
            "Strict" => Ok(Self::Strict),
            "Lax" => Ok(Self::Lax),
            "None" => Ok(Self::None),
            _ => Err(CookieError::SameSiteValue),
        }
    }
}

/// The `Max-Age` of a cookie, in whole seconds; zero removes the cookie.
///
/// A cookie without one lives until the browser is closed, as far as browsers do that. Browsers cap it at
/// 400 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxAge(u64);

impl MaxAge {
    /// Removes the cookie.
    pub const ZERO: Self = Self(0);

    /// Takes a number of seconds.
    ///
    /// # Errors
    /// [`CookieError::MaxAgeNegative`].
    pub const fn from_seconds(seconds: i64) -> Result<Self, CookieError> {
        if seconds < 0 { Err(CookieError::MaxAgeNegative) } else { Ok(Self(seconds.unsigned_abs())) }
    }

    /// The number of seconds.
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl From<Duration> for MaxAge {
    /// Rounds up, so that a cookie is never gone before its session is.
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0)))
    }
}

/// The `Path` of a cookie: absolute, at most 1024 octets of ASCII without control characters and `;`.
///
/// Source: RFC 6265bis 4.1.1 (`path-value`), 5.6.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookiePath<'a>(&'a str);

impl<'a> CookiePath<'a> {
    /// Every path of the host.
    pub const ROOT: CookiePath<'static> = CookiePath("/");

    /// Takes a path as it is; nothing is encoded.
    ///
    /// # Errors
    /// [`CookieError::PathNotAbsolute`], [`CookieError::PathOctet`] or [`CookieError::AttributeTooLong`].
    pub const fn parse(path: &'a str) -> Result<Self, CookieError> {
        let octets = path.as_bytes();
        if octets.is_empty() || octets[0] != b'/' {
            return Err(CookieError::PathNotAbsolute);
        }
        let mut position = 0;
        while position < octets.len() {
            if !matches!(octets[position], 0x20..=0x7e) || octets[position] == b';' {
                return Err(CookieError::PathOctet { position });
            }
            position += 1;
        }
        if octets.len() > ATTRIBUTE_OCTETS_MAX {
            return Err(CookieError::AttributeTooLong { octets_max: ATTRIBUTE_OCTETS_MAX });
        }
        Ok(Self(path))
    }

    /// The path.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether this is `/`, the only path that `__Host-` allows.
    pub(super) const fn is_root(self) -> bool {
        self.0.len() == 1
    }
}

/// The `Domain` of a cookie: a host name, without the leading dot.
///
/// Whether a browser accepts it depends on the host that sends it and on the list of public suffixes.
///
/// Source: RFC 6265bis 4.1.1 (`domain-value`); RFC 1034 3.5; RFC 1123 2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookieDomain<'a>(&'a str);

/// RFC 1034 3.1 allows 255 octets in length-prefixed form, which is 253 characters.
const DOMAIN_OCTETS_MAX: usize = 253;
/// RFC 1034 2.3.4.
const LABEL_OCTETS_MAX: usize = 63;

impl<'a> CookieDomain<'a> {
    /// Takes a host name; one outside ASCII in its A-label form (`xn--`).
    ///
    /// # Errors
    /// [`CookieError::DomainLeadingDot`], [`CookieError::DomainSyntax`] or
    /// [`CookieError::AttributeTooLong`].
    pub const fn parse(domain: &'a str) -> Result<Self, CookieError> {
        let octets = domain.as_bytes();
        if octets.len() > ATTRIBUTE_OCTETS_MAX {
            return Err(CookieError::AttributeTooLong { octets_max: ATTRIBUTE_OCTETS_MAX });
        }
        if !octets.is_empty() && octets[0] == b'.' {
            return Err(CookieError::DomainLeadingDot);
        }
        if octets.len() > DOMAIN_OCTETS_MAX {
            return Err(CookieError::DomainSyntax);
        }
        let mut label_start = 0;
        let mut position = 0;
        while position <= octets.len() {
            if position == octets.len() || octets[position] == b'.' {
                if !ends_label(octets, label_start, position) {
                    return Err(CookieError::DomainSyntax);
                }
                label_start = position + 1;
            } else if !octets[position].is_ascii_alphanumeric() && octets[position] != b'-' {
                return Err(CookieError::DomainSyntax);
            }
            position += 1;
        }
        Ok(Self(domain))
    }

    /// The domain.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

/// Whether `octets[start..end]` has the length of a label and no hyphen at its ends.
const fn ends_label(octets: &[u8], start: usize, end: usize) -> bool {
    end > start && end - start <= LABEL_OCTETS_MAX && octets[start] != b'-' && octets[end - 1] != b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syn_07_a_max_age_is_whole_seconds_and_never_shorter_than_asked() {
        assert_eq!(MaxAge::from(Duration::from_millis(1)).seconds(), 1);
        assert_eq!(MaxAge::from(Duration::from_secs(61)).seconds(), 61);
        assert_eq!(MaxAge::from(Duration::MAX).seconds(), u64::MAX);
        assert_eq!(MaxAge::from(Duration::ZERO), MaxAge::ZERO);
        assert_eq!(MaxAge::from_seconds(0), Ok(MaxAge::ZERO));
        assert_eq!(MaxAge::from_seconds(i64::MIN), Err(CookieError::MaxAgeNegative));
    }

    #[test]
    fn syn_03_a_path_is_absolute_ascii_without_semicolons_and_controls() {
        for octet in 0..0x80_u8 {
            let path = format!("/{}", char::from(octet));
            let bad = octet.is_ascii_control() || octet == b';';
            let expected = bad.then_some(CookieError::PathOctet { position: 1 });
            assert_eq!(CookiePath::parse(&path).err(), expected, "{path:?}");
        }
        assert_eq!(CookiePath::parse("/é"), Err(CookieError::PathOctet { position: 1 }));
        for relative in ["", "app", " /", "\\"] {
            assert_eq!(CookiePath::parse(relative), Err(CookieError::PathNotAbsolute), "{relative:?}");
        }
    }

    #[test]
    fn syn_08_an_attribute_has_1024_octets_at_most() {
        let path = format!("/{}", "p".repeat(1023));
        assert!(CookiePath::parse(&path).is_ok());
        let too_long = CookieError::AttributeTooLong { octets_max: 1024 };
        assert_eq!(CookiePath::parse(&format!("{path}p")), Err(too_long));
        assert_eq!(CookieDomain::parse(&"d".repeat(1025)), Err(too_long));
    }

    #[test]
    fn syn_03_a_domain_is_made_of_labels_of_letters_digits_and_inner_hyphens() {
        let label = "l".repeat(63);
        let longest = [label.as_str(), &label, &label, &"l".repeat(61)].join(".");
        for good in ["example.com", "EXAMPLE.com", "a", "1.2.3.4", "a--b.c", &label, &longest] {
            assert_eq!(CookieDomain::parse(good).map(CookieDomain::as_str), Ok(good));
        }
        let long_label = format!("{label}l");
        let too_long = format!("{longest}l");
        for bad in [
            "",
            "a..b",
            "a.",
            "-a.b",
            "a-.b",
            "a.-b",
            "a.b-",
            "a_b",
            "a b",
            "a;b",
            "a/b",
            "a:1",
            "[::1]",
            "é.example",
            "*.a",
            &long_label,
            &too_long,
        ] {
            assert_eq!(CookieDomain::parse(bad), Err(CookieError::DomainSyntax), "{bad:?}");
        }
        assert_eq!(CookieDomain::parse(".example.com"), Err(CookieError::DomainLeadingDot));
    }

    #[test]
    fn a_same_site_is_read_as_it_is_written() {
        for same_site in [SameSite::Strict, SameSite::Lax, SameSite::None] {
            assert_eq!(same_site.as_str().parse(), Ok(same_site));
        }
        for word in ["", "lax", "LAX", "Lax ", "Bogus", "Lax; Domain=a"] {
            assert_eq!(word.parse::<SameSite>(), Err(CookieError::SameSiteValue), "{word:?}");
        }
    }
}
