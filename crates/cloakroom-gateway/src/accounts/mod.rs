//! User accounts: names, passwords and the set-up of the first administrator.
//!
//! Accounts live in tables of their own in the same file as the sessions, so that one file is the whole
//! installation. Sessions know an account only by its ID, as their subject.

mod database;
mod error;
pub mod password;
mod rows;
mod schema;
mod setup;
mod user;
mod user_name;

pub use database::{Accounts, Added, Credentials};
pub use error::AccountsError;
pub use setup::{SetUp, SetupToken};
pub use user::{InvalidUserId, NewUser, Role, User, UserId};
pub use user_name::{InvalidUserName, UserName};
