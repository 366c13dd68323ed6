//! The secret of an installation, and what is derived from it for each purpose.

mod file;
mod form;

pub(crate) use file::KeyFileError;
pub(crate) use file::MasterKey;
pub(crate) use form::FormKey;
