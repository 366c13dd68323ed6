//! What an operator should know about a configuration that can be started with.
//!
//! [`findings`] needs nothing but the configuration and the files that it names; every start does it. [`probe`] asks whatever the
//! configuration names whether it is there.

mod files;
mod finding;
mod names;
mod network;
mod places;
mod reach;
mod run;

pub use finding::{Finding, Severity};
pub use run::{findings, probe};
