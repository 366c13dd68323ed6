//! What is known of a user.

use std::fmt;
use std::str::FromStr;

use cloakroom::{Subject, Timestamp};
use thiserror::Error;

use crate::accounts::password::PasswordHash;
use crate::accounts::{Profile, UserName};
use crate::hex;
use crate::utc::rfc3339;

/// A user's number: random, never used again, the subject of the user's sessions.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId([u8; 16]);

/// The text is not the number of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a user ID is 32 hex digits")]
pub struct InvalidUserId;

impl UserId {
    /// A number of these octets; for a new user they come from the operating system.
    pub const fn from_octets(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// The user as the subject of sessions.
    pub(crate) fn subject(self) -> Subject {
        Subject::new(&self.to_string()).expect("32 hex digits are a subject")
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({self})")
    }
}

impl FromStr for UserId {
    type Err = InvalidUserId;

    fn from_str(text: &str) -> Result<Self, InvalidUserId> {
        hex::octets(text).map(Self).ok_or(InvalidUserId)
    }
}

/// What a user may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Their own account.
    Member,
    /// The same, and look at everybody's.
    Auditor,
    /// Everybody's.
    Administrator,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Member, Self::Auditor, Self::Administrator];

    /// Whether the administration shows itself to such a user.
    pub(crate) const fn may_look(self) -> bool {
        matches!(self, Self::Auditor | Self::Administrator)
    }

    /// Whether such a user may change anything there.
    pub(crate) const fn may_act(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// The word for it in the database and in lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role of this word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The number.
    pub id: UserId,
    /// The name.
    pub name: UserName,
    /// What the user may do.
    pub role: Role,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the password was last set.
    pub password_changed_at: Timestamp,
    /// Whether a password was ever set; others sign in by a provider.
    pub has_password: bool,
    /// Since when the account is disabled; `None` while it is not.
    pub disabled_at: Option<Timestamp>,
    /// What applications are told of the user beside the name.
    pub profile: Profile,
    /// How often that has changed.
    pub(super) profile_version: i64,
}

impl User {
    /// How often what applications are told has changed.
    pub(crate) const fn profile_version(&self) -> i64 {
        self.profile_version
    }

    /// When the account was made, in RFC 3339.
    pub fn created_at_utc(&self) -> String {
        rfc3339(self.created_at)
    }
}

#[cfg(test)]
impl User {
    /// A member of this name.
    pub(crate) fn sample(name: &str) -> Self {
        let at = Timestamp::from_millis(1_600_000_000_000);
        Self {
            id: UserId::from_octets([7; 16]),
            name: name.parse().unwrap(),
            role: Role::Member,
            created_at: at,
            password_changed_at: at,
            has_password: true,
            disabled_at: None,
            profile: Profile::default(),
            profile_version: 0,
        }
    }
}

/// A user with what proves them.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The hash of their password.
    pub password_hash: Option<PasswordHash>,
}

/// An account that is about to be made.
#[derive(Debug)]
pub struct NewUser {
    /// The number.
    pub id: UserId,
    /// The name.
    pub name: UserName,
    /// What the user may do.
    pub role: Role,
    /// What applications are told beside the name.
    pub profile: Profile,
    /// The hash of the first password.
    pub password_hash: Option<PasswordHash>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_reads_back_as_it_is_written() {
        let id = UserId::from_octets([0x0a; 16]);
        assert_eq!(id.to_string(), "0a".repeat(16));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        for text in ["", "0a", "+0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0"] {
            assert_eq!(text.parse::<UserId>(), Err(InvalidUserId));
        }
    }
}
