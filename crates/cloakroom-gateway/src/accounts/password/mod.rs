//! Passwords: what a new one must be like, and how they are hashed.

mod common;
mod foreign;
mod hash;
mod hasher;
mod invalid_hash;
mod policy;
mod secret;

pub use hash::PasswordHash;
pub use hasher::{HashError, Hasher, Verification};
pub use invalid_hash::InvalidPasswordHash;
pub use policy::{NewPassword, PasswordPolicy, PasswordRefusal};
pub use secret::{Password, PasswordTooLong};
