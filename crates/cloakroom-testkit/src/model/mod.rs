//! The reference: what a store does, said as simply as it can be said.

mod call;
mod fence;
mod state;
mod store;

pub use state::State;
pub use store::ModelStore;

pub(crate) use call::{Call, perform};
pub(crate) use fence::Revocations;
pub(crate) use state::Duplicate;
