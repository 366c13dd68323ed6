//! One installation: its accounts, its sessions, and what can be done with them.
//!
//! The pages and the command line do the same things through the same methods, so that a user who is disabled from a
//! terminal is as gone as one who is disabled in a browser.

mod api_keys;
mod error;
mod events;
mod guesses;
mod key_copies;
mod keys;
mod members;
mod open;
mod password_links;
mod proofs;
mod readiness;
mod rights;
mod sessions;
mod users;
mod vouched;

pub use error::InstallationError;
pub(crate) use guesses::Guess;
pub use keys::{KeyState, ListedKey};
pub use open::Installation;
pub(crate) use proofs::Proof;
pub use sessions::ListedSession;
pub use users::Imported;
