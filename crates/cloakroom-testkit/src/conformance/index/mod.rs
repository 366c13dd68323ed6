//! The promises of [`SubjectIndex`](cloakroom_core::store::SubjectIndex), a file for each subject matter.

pub(crate) mod cap;
pub(crate) mod dropped;
pub(crate) mod fence;
pub(crate) mod list;
pub(crate) mod page;
pub(crate) mod questions;
pub(crate) mod races;
pub(crate) mod random;
pub(crate) mod revocations;
pub(crate) mod revoke;
pub(crate) mod search;
pub(crate) mod sign_in;
