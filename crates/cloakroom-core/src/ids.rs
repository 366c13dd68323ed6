//! Names that may be seen by anyone: the session ID and the subject.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use thiserror::Error;

/// The public handle of a session: safe in logs, lists and URLs; 32 hex digits as text.
///
/// It names a session and proves nothing: only the secret beside it in the cookie does. It stays the same
/// under renewal, so that lists, logs and revocation by handle are stable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(8))] // It is copied in whole words then, also from inside of an `Option`.
pub struct SessionId([u8; Self::LEN]);

impl SessionId {
    /// Octets of a session ID.
    pub const LEN: usize = 16;

    /// A session ID of these octets; for a new session they come from the operating system's CSPRNG.
    pub const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    /// The octets, as stores keep them.
    pub const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // At once, since every request behind a gateway writes one.
        let mut text = [0; 2 * Self::LEN];
        for (pair, octet) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(octet >> 4)];
            pair[1] = DIGITS[usize::from(octet & 15)];
        }
        f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

/// The text is not a session ID, which is 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a session ID is 32 lower-case hex digits")]
pub struct InvalidSessionId;

impl FromStr for SessionId {
    type Err = InvalidSessionId;

    fn from_str(text: &str) -> Result<Self, InvalidSessionId> {
        let text = text.as_bytes();
        if text.len() != 2 * Self::LEN {
            return Err(InvalidSessionId);
        }
        let mut octets = [0; Self::LEN];
        for (octet, pair) in octets.iter_mut().zip(text.chunks_exact(2)) {
            *octet = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
        }
        Ok(Self(octets))
    }
}

fn hex_digit(digit: u8) -> Result<u8, InvalidSessionId> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(InvalidSessionId),
    }
}

/// Whose session it is: the application's own name for a user, opaque to cloakroom.
///
/// Compared octet for octet. Use a stable key (a number, a UUID), not an e-mail address that may pass to
/// someone else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(CompactString);

impl Subject {
    /// The most octets that a subject may have, so that every store can index it.
    pub const LEN_MAX: usize = 255;

    /// A subject of 1 to 255 octets without control characters.
    ///
    /// # Errors
    /// [`InvalidSubject`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidSubject> {
        if text.is_empty() {
            return Err(InvalidSubject::Empty);
        }
        if text.len() > Self::LEN_MAX {
            return Err(InvalidSubject::TooLong);
        }
        if has_control(text) {
            return Err(InvalidSubject::ControlCharacter);
        }
        Ok(Self(CompactString::new(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_control(text: &str) -> bool {
    // Nearly all subjects are ASCII, and every request reads one.
    if text.is_ascii() {
        return text.bytes().any(|octet| octet.is_ascii_control());
    }
    text.chars().any(char::is_control)
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({:?})", self.as_str())
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        Self::new(text)
    }
}

/// Why a text is no [`Subject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidSubject {
    /// It has no characters.
    #[error("a subject has at least one character")]
    Empty,
    /// It has more than 255 octets.
    #[error("a subject has at most {} octets", Subject::LEN_MAX)]
    TooLong,
    /// It has a control character, which would tear log lines apart.
    #[error("a subject has no control characters")]
    ControlCharacter,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_reads_what_it_writes_and_nothing_else() {
        let id = SessionId::from_octets([0xa5; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "a5", "A5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5", "g5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"] {
            assert_eq!(text.parse::<SessionId>(), Err(InvalidSessionId), "{text}");
        }
    }

    #[test]
    fn a_subject_has_1_to_255_octets_and_no_control_characters() {
        assert_eq!(Subject::new(""), Err(InvalidSubject::Empty));
        assert_eq!(Subject::new(&"x".repeat(256)), Err(InvalidSubject::TooLong));
        assert_eq!(Subject::new("a\nb"), Err(InvalidSubject::ControlCharacter));
        assert!(Subject::new(&"x".repeat(255)).is_ok());
    }
}
