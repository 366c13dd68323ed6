//! Points at the rules that a look breaks.
//!
//! Each file has one subject, and a function that takes everything that was seen and adds findings.

mod attributes;
mod caching;
mod csp;
mod dbsc;
mod fields;
mod finding;
mod hsts;
mod judge;
mod kind;
mod pages;
mod refused;
mod scope;
mod structured;
mod tokens;
mod transport;
mod urls;
mod variants;
mod view;

pub(crate) use fields::FOREIGN_ORIGIN;
pub use finding::Finding;
pub use judge::{Offer, Verdict, judge};
