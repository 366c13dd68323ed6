//! What the people who made a key call it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The name of a key, which tells people what it is for; two keys may have one, as while one takes over from the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyName(String);

/// The text cannot be the name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the name of a key has 1 to {} characters: letters without accents, digits and . _ -",
    ApiKeyName::LEN_MAX
)]
pub struct InvalidApiKeyName;

impl ApiKeyName {
    /// The most characters of a name.
    pub const LEN_MAX: usize = 64;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ApiKeyName {
    type Err = InvalidApiKeyName;

    fn from_str(text: &str) -> Result<Self, InvalidApiKeyName> {
        let legal = |octet: u8| octet.is_ascii_alphanumeric() || b"._-".contains(&octet);
        let is_good = (1..=Self::LEN_MAX).contains(&text.len()) && text.bytes().all(legal);
        is_good.then(|| Self(text.to_owned())).ok_or(InvalidApiKeyName)
    }
}

impl fmt::Display for ApiKeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_plain_word() {
        for text in ["", "a b", "a,b", "é", "a\n", &"a".repeat(65)] {
            assert_eq!(text.parse::<ApiKeyName>(), Err(InvalidApiKeyName), "{text:?}");
        }
        assert_eq!("wiki-2.prod_A".parse::<ApiKeyName>().unwrap().as_str(), "wiki-2.prod_A");
    }
}
