//! How a user proved who they are.

use std::fmt;

/// How a user proved who they are.
///
/// The numbers are part of the record format and are never used again for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Method {
    /// A password.
    Password = 1,
    /// A passkey or security key.
    Passkey = 2,
    /// A password and a second factor.
    PasswordAndSecondFactor = 3,
    /// Another system vouched: `OpenID Connect`, SAML, a proxy.
    Federated = 4,
    /// A link or code that was sent to the user.
    OneTimeLink = 5,
    /// A browser that was told to remember the user: an identity, but no fresh proof.
    Remembered = 6,
    /// Something that the application knows and cloakroom does not.
    Other = 255,
}

impl Method {
    /// The name in logs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::PasswordAndSecondFactor => "password_and_second_factor",
            Self::Federated => "federated",
            Self::OneTimeLink => "one_time_link",
            Self::Remembered => "remembered",
            Self::Other => "other",
        }
    }

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Password,
            2 => Self::Passkey,
            3 => Self::PasswordAndSecondFactor,
            4 => Self::Federated,
            5 => Self::OneTimeLink,
            6 => Self::Remembered,
            255 => Self::Other,
            _ => return None,
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
