//! How sure it is who the user is: step-up for what weighs more, limits by profile, and the time between two factors.
//!
//! ```
//! use cloakroom::assurance::StepUp;
//! use cloakroom::{Method, Rejection, SignedIn, minutes};
//!
//! async fn transfer(user: SignedIn) -> Result<(), Rejection> {
//!     user.require(StepUp::within(minutes(5)).by(Method::Passkey)).await?;
//!     // ..
//!     Ok(())
//! }
//! ```

mod pending;
mod profile;
mod setup;
mod step_up;

pub use pending::PendingSignIn;
pub use profile::Profile;
pub use step_up::{ProvenWithin, StepUp};
