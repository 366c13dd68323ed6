//! The promises of a store that several processes share, or that outlives one.

pub(crate) mod index;
pub(crate) mod store;
