//! The one-time link by which the first administrator sets a password.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::accounts::User;

/// The secret of a set-up link. Only its SHA-256 is stored.
pub struct SetupToken(Zeroizing<[u8; 32]>);

impl SetupToken {
    /// How long a link is good for.
    pub const LIFETIME: Duration = Duration::from_mins(15);

    /// A token of these octets, which come from the operating system.
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// Reads the token out of a link.
    pub fn parse(text: &str) -> Option<Self> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        octets.try_into().ok().map(Self::from_octets)
    }

    /// The token as a link carries it, for the one who prints the link.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(*self.0))
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }
}

impl fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupToken(..)")
    }
}

/// What became of an attempt to set up the first administrator.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum SetUp {
    /// The administrator exists now, and no link works any more.
    Done(User),
    /// The link was used, is too old, was never issued, or users exist already.
    LinkDead,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_it_is_revealed_and_shows_itself_nowhere_else() {
        let token = SetupToken::from_octets([7; 32]);
        let text = token.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(SetupToken::parse(&text).unwrap().digest(), token.digest());
        assert_eq!(format!("{token:?}"), "SetupToken(..)");
        for wrong in ["", "x", &text[1..], &format!("{}=", *text)] {
            assert!(SetupToken::parse(wrong).is_none());
        }
    }
}
