//! Passwords: what a new one must be like, and how they are hashed.

mod common;
mod hash;
mod hasher;
mod policy;
mod secret;

pub use hash::{InvalidPasswordHash, PasswordHash};
pub use hasher::{HashError, Hasher, Verification};
pub use policy::{NewPassword, PasswordPolicy, PasswordRefusal};
pub use secret::{Password, PasswordTooLong};
