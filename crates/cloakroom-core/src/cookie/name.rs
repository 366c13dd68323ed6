//! Cookie names and the prefixes that browsers give a meaning to.

use core::fmt;
use core::hash::{Hash, Hasher};

use memchr::memmem::Finder;

use super::error::CookieError;

/// Name and value together, in octets: browsers drop a cookie that has more (RFC 6265bis 5.6).
pub(super) const NAME_AND_VALUE_OCTETS_MAX: usize = 4096;

/// A cookie name: an RFC 9110 token, together with its ready-made searcher.
///
/// Building one prepares the search that [`find_all`](super::find_all) runs on every request, so build it
/// once and keep it. Two names are equal when their octets are: `sid` and `SID` are different cookies.
///
/// ```
/// use cloakroom_core::cookie::CookieName;
///
/// assert_eq!(CookieName::parse("__Host-sid")?.as_str(), "__Host-sid");
/// assert!(CookieName::parse("s id").is_err());
/// # Ok::<(), cloakroom_core::cookie::CookieError>(())
/// ```
///
/// Source: RFC 6265bis 4.1.1 (`cookie-name`), 5.4.
#[derive(Clone)]
pub struct CookieName {
    text: Box<str>,
    finder: Finder<'static>,
}

impl CookieName {
    /// Takes a name that is a token of 1 to 4096 octets.
    ///
    /// # Errors
    /// [`CookieError::NameEmpty`], [`CookieError::NameNotToken`] or [`CookieError::TooLarge`].
    pub fn parse(name: &str) -> Result<Self, CookieError> {
        check_token(name.as_bytes())?;
        if name.len() > NAME_AND_VALUE_OCTETS_MAX {
            return Err(CookieError::TooLarge { octets: name.len(), octets_max: NAME_AND_VALUE_OCTETS_MAX });
        }
        Ok(Self::of_token(name.into()))
    }

    /// Takes a name that has been checked before.
    pub(super) fn of_token(text: Box<str>) -> Self {
        let finder = Finder::new(text.as_bytes()).into_owned();
        Self { text, finder }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name, as it stands on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The prefix that makes browsers hold the cookie to stricter rules, if the name has one.
    pub const fn prefix(&self) -> Option<NamePrefix> {
        NamePrefix::of(self.text.as_bytes())
    }

    /// The searcher for the octets of the name.
    pub(super) fn finder(&self) -> &Finder<'static> {
        &self.finder
    }
}

impl PartialEq for CookieName {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CookieName {}

impl Hash for CookieName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CookieName").field(&self.text).finish()
    }
}

impl fmt::Display for CookieName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A name prefix that browsers enforce.
///
/// Source: RFC 6265bis 4.1.3; layered cookies 4.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamePrefix {
    /// `__Secure-`: set over TLS, with `Secure`.
    Secure,
    /// `__Host-`: as `__Secure-`, and for this host only: `Path=/`, no `Domain`.
    Host,
    /// `__Http-`: as `__Secure-`, and by HTTP only: with `HttpOnly`, never by a script.
    Http,
    /// `__Host-Http-`: both `__Host-` and `__Http-`.
    HostHttp,
}

impl NamePrefix {
    /// The prefix as it is to be written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secure => "__Secure-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::HostHttp => "__Host-Http-",
        }
    }

    /// The prefix of `name`, in any case: `__HOST-` binds a browser just as `__Host-` does.
    ///
    /// Source: RFC 6265bis 5.4 (servers that ignore case must not be fooled by a variant).
    pub const fn of(name: &[u8]) -> Option<Self> {
        // `__Host-Http-` begins with `__Host-`, so it is asked for first.
        const LONGEST_FIRST: [NamePrefix; 4] =
            [NamePrefix::HostHttp, NamePrefix::Secure, NamePrefix::Host, NamePrefix::Http];
        let mut index = 0;
        while index < LONGEST_FIRST.len() {
            let prefix = LONGEST_FIRST[index].as_str().as_bytes();
            if let Some((start, _)) = name.split_at_checked(prefix.len())
                && start.eq_ignore_ascii_case(prefix)
            {
                return Some(LONGEST_FIRST[index]);
            }
            index += 1;
        }
        None
    }
}

/// Whether `name` is a token: at least one octet, and none that is not a `tchar`.
pub(super) const fn check_token(name: &[u8]) -> Result<(), CookieError> {
    if name.is_empty() {
        return Err(CookieError::NameEmpty);
    }
    let mut position = 0;
    while position < name.len() {
        if !is_token_octet(name[position]) {
            return Err(CookieError::NameNotToken { position });
        }
        position += 1;
    }
    Ok(())
}

/// `tchar` of RFC 9110 5.6.2.
const fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syn_01_each_octet_is_taken_or_refused_as_the_token_grammar_says() {
        const DELIMITERS: &str = "\"(),/:;<=>?@[\\]{}";
        for octet in 0..0x80_u8 {
            let name = format!("a{}", char::from(octet));
            let expected = (!octet.is_ascii_graphic() || DELIMITERS.contains(char::from(octet)))
                .then_some(CookieError::NameNotToken { position: 1 });
            assert_eq!(CookieName::parse(&name).err(), expected, "{name:?}");
        }
        assert_eq!(CookieName::parse("aé"), Err(CookieError::NameNotToken { position: 1 }));
        assert_eq!(CookieName::parse(""), Err(CookieError::NameEmpty));
    }

    #[test]
    fn syn_08_a_name_takes_all_the_room_and_no_more() {
        assert!(CookieName::parse(&"n".repeat(4096)).is_ok());
        let error = CookieError::TooLarge { octets: 4097, octets_max: 4096 };
        assert_eq!(CookieName::parse(&"n".repeat(4097)), Err(error));
    }

    #[test]
    fn pfx_02_a_prefix_is_known_in_any_case_and_at_the_start_only() {
        for prefix in [NamePrefix::Secure, NamePrefix::Host, NamePrefix::Http, NamePrefix::HostHttp] {
            let written = prefix.as_str();
            for start in [written.to_owned(), written.to_ascii_uppercase(), written.to_ascii_lowercase()] {
                assert_eq!(NamePrefix::of(format!("{start}sid").as_bytes()), Some(prefix), "{start}");
                assert_eq!(NamePrefix::of(start.as_bytes()), Some(prefix), "{start}");
                assert_eq!(NamePrefix::of(format!("x{start}sid").as_bytes()), None, "{start}");
            }
        }
        for other in ["", "_", "__", "__Host", "__Host_sid", "__HostHttp-sid", "__Https-sid", "sid"] {
            assert_eq!(NamePrefix::of(other.as_bytes()), None, "{other}");
        }
        assert_eq!(NamePrefix::of(b"__Host-Httpsid"), Some(NamePrefix::Host));
    }
}
