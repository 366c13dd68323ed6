//! Texts of one kind each, so that no two of them can be mistaken for one another in a call.

use std::fmt;

use compact_str::CompactString;
use thiserror::Error;

/// The most octets that a name may have.
const LEN_MAX: usize = 255;

/// The text is no name of a party: those have 1 to 255 octets, without blanks and control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a name of a party has 1 to {LEN_MAX} octets, without blanks and control characters")]
pub struct InvalidName;

fn checked(text: &str) -> Result<CompactString, InvalidName> {
    let is_good =
        (1..=LEN_MAX).contains(&text.len()) && !text.contains([' ']) && !text.contains(char::is_control);
    is_good.then(|| CompactString::new(text)).ok_or(InvalidName)
}

/// Who mints: the `iss` claim, compared octet for octet. The origin of the installation, say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issuer(CompactString);

/// Whom a token is for: the `aud` claim, compared octet for octet. The origin of the service behind, say.
///
/// # Security
/// Each service has a name of its own. Two that share one can use each other's tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Audience(CompactString);

/// Through which client the user came: the `client_id` claim. The installation's own name, where there is but one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(CompactString);

impl Issuer {
    /// An issuer of this name.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        checked(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Audience {
    /// An audience of this name.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        checked(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
    /// A client of this name.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        checked(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The `jti` claim: unique among the tokens of an issuer, 32 hex digits as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId([u8; Self::LEN]);

impl TokenId {
    /// Octets of a token ID.
    pub const LEN: usize = 16;

    /// A token ID of these octets, which come from the operating system's CSPRNG, fresh for each token.
    pub const fn from_entropy(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_printable_and_of_bounded_length() {
        for wrong in ["", "a b", "a\nb", &"x".repeat(256)] {
            assert_eq!(Issuer::new(wrong), Err(InvalidName), "{wrong:?}");
        }
        assert_eq!(Audience::new("https://api.example.com").unwrap().as_str(), "https://api.example.com");
    }
}
