//! Storms: many callers at once, on any store, in any trouble; and whether what they saw can be true.
//!
//! The [conformance suite](crate::conformance) asks one question at a time. A storm asks many at once, of several nodes, while
//! connections are cut and servers die, and writes down when each call began, when it ended and what came of it.
//! Afterwards that history is held against what a store promises. A call that failed may have had its effect, now or
//! later, or not; everything else is exact:
//!
//! - **what has ended stays so**: no call that begins after an end has returned finds the session, and each session is ended once;
//! - **nothing ends by itself**, unless the store says that it [may forget](Storm::of_a_store_that_may_forget);
//! - **one winner a version**: the writes of a session are one chain, nothing that was refused is ever seen, whole rows only;
//! - **no step back**: a read begins no earlier in that chain than any read or write that ended before it began;
//! - **a touch is not lost**, and moves nothing back;
//! - **caps are exact**, for refusing as for evicting, and count nobody twice;
//! - **fences stop** what began before a revocation, and nothing else;
//! - **lists are whole** and have nobody twice.
//!
//! In the end somebody asks after every session that there ever was, so that what came back while nobody looked is found.
//!
//! ```
//! use std::sync::Arc;
//! use cloakroom_testkit::ModelStore;
//! use cloakroom_testkit::storm::Storm;
//!
//! # #[tokio::main] async fn main() {
//! let node = Arc::new(ModelStore::new());
//! let report = Storm::new(7).on_indexed(&[node]).await.unwrap_or_else(|broken| panic!("{broken}"));
//! assert!(report.answered > 0);
//! # }
//! ```
//! The seed decides what each caller asks. Which of them comes first it cannot decide, so a storm that broke a store once
//! may have to be run some times with its seed until it does so again.

mod check;
mod client;
mod event;
mod report;
mod run;

pub use check::Broken;
pub use report::Report;
pub use run::Storm;
