//! One installation: its accounts, its sessions, and what can be done with them.
//!
//! The pages and the command line do the same things through the same methods, so that a user who is disabled from a
//! terminal is as gone as one who is disabled in a browser.

mod error;
mod members;
mod open;
mod sessions;
mod users;
mod vouched;

pub use error::InstallationError;
pub use open::Installation;
pub use sessions::ListedSession;
