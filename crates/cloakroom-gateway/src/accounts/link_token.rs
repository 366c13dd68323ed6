//! The one-time links by which people set a password: the first administrator, and whoever got a link from one.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom_stores::Datum;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The secret of a one-time link. Only its SHA-256 is stored.
pub struct LinkToken(Zeroizing<[u8; 32]>);

impl LinkToken {
    /// How long the link of the first administrator is good for.
    pub const SETUP_LIFETIME: Duration = Duration::from_mins(15);

    /// How long a link is good for by which somebody sets another password: it is a password itself until then.
    ///
    /// Source: OWASP Forgot Password Cheat Sheet, "URL Tokens"; NIST SP 800-63B-4 4.2.1.2, which allows a day.
    pub const RESET_LIFETIME: Duration = Duration::from_hours(1);

    /// The same for the first password of a new account, which its owner may not wait for.
    pub const INVITATION_LIFETIME: Duration = Duration::from_hours(24);

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

    /// The digest as a value of a statement.
    pub(super) fn datum(&self) -> Datum {
        Datum::Octets(self.digest().to_vec())
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_it_is_revealed_and_shows_itself_nowhere_else() {
        let token = LinkToken::from_octets([7; 32]);
        let text = token.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(LinkToken::parse(&text).unwrap().digest(), token.digest());
        assert_eq!(format!("{token:?}"), "LinkToken(..)");
        for wrong in ["", "x", &text[1..], &format!("{}=", *text)] {
            assert!(LinkToken::parse(wrong).is_none());
        }
    }
}
