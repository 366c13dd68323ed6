//! The conformance suite: every promise of the store contracts as a check.
//!
//! Most authors need no more than [`conformance_tests!`](crate::conformance_tests). Whoever wants to run the checks
//! in another way, such as against a deliberately broken store, takes them as values from here.

mod changes;
mod check;
mod failure;
mod fixture;
mod harness;
mod index;
mod list;
mod samples;
mod shared;
mod store;
mod tasks;
mod tests_macro;

pub use changes::{Ear, Told};
pub use check::{Check, run_as_test};
pub use failure::Failure;
pub use fixture::Fixture;
pub use list::{change_checks, index_checks, shared_index_checks, shared_store_checks, store_checks};
