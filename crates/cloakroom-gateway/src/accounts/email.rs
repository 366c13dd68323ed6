//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The e-mail address of a user, as it was typed. Whether it is theirs has not been tried.
///
/// # Security
/// Some applications take the address for the user. There is one `@`, so that what is before it and what is after it are
/// the same for everybody who looks, and only visible ASCII, in which no letter looks like another.
///
/// Source: RFC 5321 4.5.3.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// The text cannot be an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an e-mail address has one @ with something on either side, at most {} characters, and only visible ASCII",
    Email::LEN_MAX
)]
pub struct InvalidEmail;

impl Email {
    /// The most octets of an address.
    pub const LEN_MAX: usize = 254;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let fits = text.len() <= Self::LEN_MAX && text.bytes().all(|octet| octet.is_ascii_graphic());
        let has_both = text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
        if fits && has_both { Ok(Self(text.to_owned())) } else { Err(InvalidEmail) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_typed() {
        for text in ["a@b", "Alice.B+x@Example.org", "o'neil@xn--bcher-kva.example", "%,a@b"] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), text);
        }
        assert!(format!("{}@b", "a".repeat(252)).parse::<Email>().is_ok());
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let long = format!("{}@b", "a".repeat(253));
        for text in
            ["", "a", "@", "a@", "@b", "a@b@c", "a@@b", "a b@c", "a@b ", "a@b\n", "\0a@b", "a@b\u{e9}", &long]
        {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
    }
}
