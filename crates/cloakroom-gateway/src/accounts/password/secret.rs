//! A password as it was typed.

use thiserror::Error;
use zeroize::Zeroizing;

/// A password, octet for octet as it was typed; wiped on drop and never shown.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// More octets than any password needs, which would only cost hashing time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a password has at most {} octets", Password::LEN_MAX)]
pub struct PasswordTooLong;

impl Password {
    /// The most octets of a password.
    pub const LEN_MAX: usize = 1024;

    /// Takes a password. Nothing is trimmed, folded or cut.
    ///
    /// # Errors
    /// [`PasswordTooLong`] beyond [`Password::LEN_MAX`] octets.
    ///
    /// Source: ASVS 5.0 6.2.8.
    pub fn new(text: &str) -> Result<Self, PasswordTooLong> {
        if text.len() > Self::LEN_MAX {
            return Err(PasswordTooLong);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}
