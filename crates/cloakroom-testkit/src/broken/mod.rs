//! Deliberately broken stores, each with one fault, to prove that the suite finds it.
//!
//! Whoever writes a store may find a fault here that theirs once had, and which check names it.

mod cap;
mod contract;
mod fault;
mod insert;
mod list;
mod notes;
mod purge;
mod replace;
mod revocation;
mod revoke;
mod sign_in;
mod store;
mod touch;

pub use fault::Fault;
pub use store::BrokenStore;
