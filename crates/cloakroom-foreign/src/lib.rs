//! Session cookies of other systems, read once.

pub mod better_auth;
pub mod django;
pub mod express;
pub mod flask;
pub mod gorilla;
pub mod iron_session;
pub mod laravel;
pub mod limits;
pub mod plug;
pub mod rack;
pub mod rails;

mod crypto;
mod python;
mod refusal;
mod ruby;
mod value;
mod verified;

pub use cloakroom_core::Timestamp;
pub use crypto::{Digest, InvalidKey, Secret};
pub use refusal::Refusal;
pub use ruby::Serialization;
pub use value::Value;
pub use verified::{Fingerprint, ForeignSessionId, Verified};
