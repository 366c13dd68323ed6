//! Checks of [`Changes`](cloakroom_core::store::Changes), and an ear for what it tells.

mod ear;
pub(crate) mod told;

pub use ear::{Ear, Told};
