//! The secret of an installation, and what is derived from it for each purpose.

mod file;
mod form;

pub use file::{KeyFileError, MasterKey};
pub use form::FormKey;
