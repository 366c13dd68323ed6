//! Looks at a site as a browser does, and says what is wrong with its sessions.
//!
//! - [`agent`] is the browser: what it keeps of a `Set-Cookie`, and what its requests carry.
//! - [`look`] is what was seen, and [`rules`] is what can be wrong, one value each.
//! - [`judge`] points at the rules that a look breaks.
//! - [`recorded`] reads answers that somebody recorded, and [`report`] writes what was found.
//!
//! All of that is pure. [`probe`] is not: it looks at a site over the network, within bounds; nor is [`account`], which tries with
//! an account what otherwise could only be guessed.

pub mod account;
pub mod agent;
mod checks;
pub mod look;
pub mod probe;
pub mod recorded;
pub mod report;
pub mod rules;
mod token;

pub use checks::{Finding, Offer, Verdict, judge};
