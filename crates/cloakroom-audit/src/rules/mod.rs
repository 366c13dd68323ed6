//! What can be wrong, one value each.
//!
//! A check only points at a rule; severity, source, meaning and fix are said here and nowhere else.

pub(crate) mod account;
pub(crate) mod attributes;
mod catalogue;
pub(crate) mod dbsc;
mod fixes;
mod framework;
pub(crate) mod pages;
mod refused;
mod rule;
pub(crate) mod tokens;
pub(crate) mod transport;

pub use catalogue::{all, find, nearest};
pub use framework::Framework;
pub(crate) use refused::rule_of as for_refusal;
pub use rule::{Certainty, Rule, Severity};
