//! What must hold, seen from outside: the bench program, over HTTP, on each store.
//!
//! A test is named after the line of the list of behaviours or the row of the checklist that it proves;
//! `docs/standards.md` says which row is proven where. Each test starts a process of its own on a store of
//! its own. Time is the program's manual clock, and "in flight" is a request that waits at a gate.

mod around;
mod beginning;
mod contract;
mod cookies;
mod data;
mod ending;
mod harness;
mod renewing;
mod sealed;
mod time;
