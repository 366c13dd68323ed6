//! User accounts: names, passwords, what applications are told, and the set-up of the first administrator.
//!
//! Accounts live in tables of their own, in the database of the sessions unless the operator says otherwise: one file is a
//! whole installation, and one server that of many instances. Sessions know an account only by its ID, as their subject.

pub mod api_key;
mod database;
mod display_name;
mod email;
mod error;
mod foreign_lists;
mod groups;
mod identities;
mod link_token;
pub mod password;
#[cfg(test)]
mod plans;
mod profile;
mod reset;
mod rights;
mod rows;
mod schema;
mod search;
mod setup;
mod signing_keys;
mod statements;
mod user;
mod user_list;
mod user_name;

pub use database::{Accounts, Added};
pub use display_name::{DisplayName, InvalidDisplayName};
pub use email::{Email, InvalidEmail};
pub use error::AccountsError;
pub use groups::{Group, Groups, InvalidGroup, TooManyGroups};
pub use identities::{Identity, InvalidIdentity, Linked, Note};
pub use link_token::LinkToken;
pub use profile::{Edit, Profile, ProfileEdit};
pub use reset::Reset;
pub use rights::Kept;
pub use search::{FoundUsers, State, UserFilter};
pub use setup::SetUp;
pub use signing_keys::PublishedKey;
pub use user::{Credentials, InvalidUserId, NewUser, Role, User, UserId};
pub use user_list::{InvalidUserList, ListedUser, UserList, WrongLine};
pub use user_name::{InvalidUserName, UserName};
