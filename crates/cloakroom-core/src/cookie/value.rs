//! Cookie values.

use super::error::CookieError;
use crate::token::TokenText;

/// A cookie value that can be sent: `cookie-octet`s, or the same between two `DQUOTE`s.
///
/// It borrows the octets and is as wide as they are long; how long a value may be depends on the name beside
/// it and is checked when both meet.
///
/// # Security
/// A value is a secret until proven otherwise: there is no `Debug` and no `Display`. Nothing that passes can
/// end the value and begin an attribute or a field line.
///
/// ```compile_fail,E0277
/// let value = cloakroom_core::cookie::CookieValue::EMPTY;
/// println!("{value:?}");
/// ```
///
/// Source: RFC 6265bis 4.1.1 (`cookie-value`).
#[derive(Clone, Copy)]
pub struct CookieValue<'a>(&'a [u8]);

impl<'a> CookieValue<'a> {
    /// The value of a cookie that is being removed.
    pub const EMPTY: CookieValue<'static> = CookieValue(b"");

    /// Takes a value as it is; nothing is encoded, nothing is quoted.
    ///
    /// # Errors
    /// [`CookieError::ValueOctet`].
    pub fn parse<T: AsRef<[u8]> + ?Sized>(value: &'a T) -> Result<Self, CookieError> {
        let octets = value.as_ref();
        let inner = match octets {
            [b'"', inner @ .., b'"'] => inner,
            bare => bare,
        };
        // No early exit: without one the loop becomes a few vector instructions for a token.
        if inner.iter().fold(true, |all, &octet| all & is_cookie_octet(octet)) {
            return Ok(Self(octets));
        }
        let offset = usize::from(inner.len() != octets.len());
        let position = inner.iter().position(|&octet| !is_cookie_octet(octet)).unwrap_or_default() + offset;
        Err(CookieError::ValueOctet { position })
    }

    /// The octets, as they stand on the wire.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl<'a> From<&'a TokenText> for CookieValue<'a> {
    /// A token is base64url, whose alphabet is made of cookie-octets.
    fn from(token: &'a TokenText) -> Self {
        Self(token.expose())
    }
}

/// `cookie-octet`: printable ASCII but for white space, `"`, `,`, `;` and `\`.
const fn is_cookie_octet(octet: u8) -> bool {
    matches!(octet, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SessionId;
    use crate::token::FreshSecret;

    /// RFC 6265bis 4.1.1, written as the ranges of its grammar.
    fn is_in_the_grammar(octet: u8) -> bool {
        [0x21..=0x21, 0x23..=0x2b, 0x2d..=0x3a, 0x3c..=0x5b, 0x5d..=0x7e]
            .iter()
            .any(|range| range.contains(&octet))
    }

    #[test]
    fn syn_02_each_octet_is_taken_or_refused_as_the_grammar_says_wherever_it_stands() {
        for octet in 0..=u8::MAX {
            for (position, value) in
                [[octet, b'a', b'a'], [b'a', octet, b'a'], [b'a', b'a', octet]].iter().enumerate()
            {
                let expected =
                    if is_in_the_grammar(octet) { None } else { Some(CookieError::ValueOctet { position }) };
                assert_eq!(CookieValue::parse(value).err(), expected, "{}", value.escape_ascii());
            }
        }
    }

    #[test]
    fn syn_12_quotes_come_in_one_pair_around_the_value_or_not_at_all() {
        for good in ["", "\"\"", "\"a\"", "a"] {
            assert!(CookieValue::parse(good).is_ok(), "{good}");
        }
        for (bad, position) in
            [("\"", 0), ("\"a", 0), ("a\"", 1), ("a\"b", 1), ("\"a\"b\"", 2), ("\"\"\"", 1)]
        {
            assert_eq!(CookieValue::parse(bad).err(), Some(CookieError::ValueOctet { position }), "{bad}");
        }
    }

    #[test]
    fn a_token_is_a_value_as_it_is() {
        for octet in 0..=u8::MAX {
            let token =
                FreshSecret::from_entropy([octet; 32]).into_text(SessionId::from_octets([!octet; 16]));
            assert!(CookieValue::parse(CookieValue::from(&token).as_bytes()).is_ok());
        }
    }
}
