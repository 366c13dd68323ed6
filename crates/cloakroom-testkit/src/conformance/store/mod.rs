//! The promises of [`Store`](cloakroom_core::store::Store), a file for each operation.

pub(crate) mod dropped;
pub(crate) mod insert;
pub(crate) mod load;
pub(crate) mod purge;
pub(crate) mod races;
pub(crate) mod random;
pub(crate) mod replace;
pub(crate) mod resurrection;
pub(crate) mod revoke;
pub(crate) mod touch;
