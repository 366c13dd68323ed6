//! One installation: its accounts, its sessions, and what can be done with them.
//!
//! The pages and the command line do the same things through the same methods, so that a user who is disabled from a
//! terminal is as gone as one who is disabled in a browser.

mod api_keys;
mod bulk_ending;
mod endings;
mod error;
mod events;
mod generated;
mod guesses;
mod key_copies;
mod keys;
mod members;
mod open;
mod password_links;
mod proofs;
mod readiness;
mod rights;
mod session_ending;
mod session_filter;
mod session_search;
mod sessions;
mod users;
mod vouched;

pub(crate) use bulk_ending::Counted;
pub(crate) use endings::{BulkEnding, BulkOutcome, EndReason, InvalidEndReason};
pub use error::InstallationError;
pub(crate) use guesses::Guess;
pub use keys::{KeyState, ListedKey};
pub(crate) use members::Known;
pub use open::Installation;
pub(crate) use proofs::Proof;
pub use session_filter::{SessionFilter, WrongFilter};
pub(crate) use session_filter::{SessionSearch, methods};
pub(crate) use session_search::FoundSessions;
pub use sessions::ListedSession;
pub use users::Imported;
