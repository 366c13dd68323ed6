//! Names that people sign in with.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The name of a user, as typed and in the one spelling that is compared.
///
/// Case does not matter, so that nobody can sign up beside `alice` as `Alice`, and one name has one entry in every
/// count. Only ASCII is taken: a name travels in header fields, and look-alike letters would let
/// one user pass for another.
#[derive(Clone, Debug)]
pub struct UserName {
    as_typed: String,
    canonical: String,
}

/// The text cannot be a user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a user name has 1 to {} characters: letters without accents, digits and . _ @ + -, and begins with a letter or digit",
    UserName::LEN_MAX
)]
pub struct InvalidUserName;

impl UserName {
    /// The most characters of a name.
    pub const LEN_MAX: usize = 64;

    /// The spelling that is compared, stored as the key and handed to applications.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The spelling that its owner chose.
    pub fn as_typed(&self) -> &str {
        &self.as_typed
    }
}

impl FromStr for UserName {
    type Err = InvalidUserName;

    /// Blanks around a name are dropped, since keyboards of phones add them.
    fn from_str(text: &str) -> Result<Self, InvalidUserName> {
        let text = text.trim_matches([' ', '\t']);
        let legal = |octet: u8| octet.is_ascii_alphanumeric() || b"._@+-".contains(&octet);
        let begins_well = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        if !begins_well || text.len() > Self::LEN_MAX || !text.bytes().all(legal) {
            return Err(InvalidUserName);
        }
        Ok(Self { as_typed: text.to_owned(), canonical: text.to_ascii_lowercase() })
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_typed)
    }
}

impl PartialEq for UserName {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for UserName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_a_name_are_one_user() {
        let typed: UserName = " Alice.B@Example.org ".parse().unwrap();
        assert_eq!(typed.as_typed(), "Alice.B@Example.org");
        assert_eq!(typed.canonical(), "alice.b@example.org");
        assert_eq!(typed, "alice.b@example.org".parse().unwrap());
    }

    #[test]
    fn what_could_be_mistaken_for_another_name_is_refused() {
        let long = "a".repeat(65);
        for text in
            ["", " ", "-a", ".a", "@a", "a b", "a,b", "a\u{301}", "\u{430}lice", "a\n", "a\0", "a/b", &long]
        {
            assert_eq!(text.parse::<UserName>(), Err(InvalidUserName), "{text:?}");
        }
    }
}
