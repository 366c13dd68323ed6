//! Why a text is no hash of a password.

use thiserror::Error;

/// The text is no hash of a password that can be checked here. Never shows any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidPasswordHash {
    /// It is of a kind that is not known.
    #[error("not a password hash of argon2, bcrypt, scrypt, PBKDF2-SHA256 or PBKDF2-SHA512")]
    UnknownKind,
    /// It is of a known kind, and damaged.
    #[error("a damaged password hash")]
    Damaged,
    /// To check it would take seconds, or hundreds of megabytes.
    #[error("a password hash that asks for more work than a sign-in may take")]
    TooCostly,
}
