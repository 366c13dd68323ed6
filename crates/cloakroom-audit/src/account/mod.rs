//! An audit with an account: tries what otherwise could only be guessed.
//!
//! It signs in and out as one user, and does nothing else with the account unless the plan says so: a password is changed, a forged
//! request sent and an idle time waited for only where the plan has a section for it.

mod actor;
mod error;
mod plan;
mod proofs;
mod steps;
mod witness;

pub use error::AccountError;
pub use plan::{Credentials, InvalidPlan, Plan};
pub use proofs::prove;
