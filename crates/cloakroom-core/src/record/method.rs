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
    /// A password and a second factor, proven together.
    PasswordAndSecondFactor = 3,
    /// Another system vouched: `OpenID Connect`, SAML, a proxy.
    Federated = 4,
    /// A link or code that was sent to the user.
    OneTimeLink = 5,
    /// A browser that was told to remember the user: an identity, but no fresh proof.
    Remembered = 6,
    /// A one-time code of a device or an app: TOTP, HOTP.
    OneTimeCode = 7,
    /// A code that was written down for the day on which the device is lost.
    RecoveryCode = 8,
    /// Something that the application knows and cloakroom does not.
    Other = 255,
}

impl Method {
    /// How many there are.
    pub(crate) const COUNT: usize = 9;

    const KNOWN: u8 = 1;
    const POSSESSED: u8 = 1 << 1;
    /// Something known and something possessed.
    pub(crate) const BOTH: u8 = Self::KNOWN | Self::POSSESSED;

    /// Which factors it proves, as far as cloakroom can tell.
    ///
    /// A passkey is unlocked by the user before it signs. A link that was sent by mail proves no factor, and what another system asked
    /// for is not known here.
    ///
    /// Source: NIST SP 800-63B-4 3.1.3.1, 3.1.2 to 3.1.7.
    pub(crate) const fn factors(self) -> u8 {
        match self {
            Self::Passkey | Self::PasswordAndSecondFactor => Self::BOTH,
            Self::Password => Self::KNOWN,
            Self::OneTimeCode | Self::RecoveryCode => Self::POSSESSED,
            Self::Federated | Self::OneTimeLink | Self::Remembered | Self::Other => 0,
        }
    }

    /// The name in logs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::PasswordAndSecondFactor => "password_and_second_factor",
            Self::Federated => "federated",
            Self::OneTimeLink => "one_time_link",
            Self::Remembered => "remembered",
            Self::OneTimeCode => "one_time_code",
            Self::RecoveryCode => "recovery_code",
            Self::Other => "other",
        }
    }

    /// Whether it proves a factor, as far as cloakroom can tell.
    pub const fn proves_a_factor(self) -> bool {
        self.factors() != 0
    }

    /// Whether it proves two different factors by itself.
    pub const fn proves_two_factors(self) -> bool {
        self.factors() == Self::BOTH
    }

    /// The number that records hold; never used again for something else.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The method of a number.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Password,
            2 => Self::Passkey,
            3 => Self::PasswordAndSecondFactor,
            4 => Self::Federated,
            5 => Self::OneTimeLink,
            6 => Self::Remembered,
            7 => Self::OneTimeCode,
            8 => Self::RecoveryCode,
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
