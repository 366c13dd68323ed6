//! The near cache keeps the promises of the store contracts on its node, and those of its own everywhere.

mod conformance;
mod doubt;
mod nodes;
mod reads;
mod sessions;
mod support;
