//! Proves that a store keeps its promises, and helps to test what is built on one.
//!
//! cloakroom asks two things of a store: that it keeps sessions ([`Store`](cloakroom_core::store::Store)) and, if it
//! can, that it finds them by subject ([`SubjectIndex`](cloakroom_core::store::SubjectIndex)). Each sentence of those
//! two contracts is at least one check of the [conformance suite](conformance). The suite is itself proved: it names
//! each fault of the [deliberately broken stores](broken), and no check is in it that none of them fails.
//!
//! # For the author of a store
//!
//! One file in `tests/`, with `cloakroom-testkit` among the dev-dependencies:
//!
//! ```
//! use cloakroom_testkit::{Fixture, ModelStore, conformance_tests};
//!
//! // Each check gets a store of its own. `ModelStore` stands for yours; a clone of it is another node.
//! async fn fixture() -> Fixture<ModelStore> {
//!     let store = ModelStore::new();
//!     let nodes = store.clone();
//!     Fixture::new(store).opened_again_by(move || std::future::ready(nodes.clone()))
//! }
//!
//! conformance_tests!(indexed, shared: fixture);
//! ```
//!
//! In `cargo test` every promise is then a test with a name of its own:
//!
//! ```text
//! test a_touch_never_creates ... ok
//! test a_replace_in_flight_does_not_bring_back_a_revoked_session ... ok
//! ```
//!
//! and one that is broken says which and how:
//!
//! ```text
//! the store breaks a promise: Only insert creates a row: a touch of an unknown session says gone.
//!   load after it: Some(Loaded { row: Row { .. }, version: Version(1) })
//!   right would be: None
//! ```
//!
//! A store that cannot find sessions by subject is `plain` rather than `indexed`. Without `shared` the checks of a
//! second node and of a restart are left out, as for a store in the memory of one process.
//!
//! Two promises are beyond a suite that measures no time and pulls no plugs: that one purge holds up no other
//! caller, and that what has returned survives a crash, not just a close. Test those with the back end at hand.
//!
//! # For the author of an application
//!
//! [`clock::ManualClock`] and [`entropy::Seeded`] make time and randomness a test's own. [`faults::Faulty`] puts a
//! store into trouble, [`proxy::FaultProxy`] does so with the connections to its server, [`storm::Storm`] asks it many things at
//! once and judges the answers, [`counted::Counted`] counts what it is asked, and [`channel::Telling`] tells of
//! changes, late or not at all if it is to.

pub mod broken;
pub mod channel;
pub mod clock;
pub mod conformance;
pub mod counted;
pub mod entropy;
pub mod faults;
pub mod proxy;
pub mod storm;

mod model;

pub use conformance::Fixture;
pub use model::{ModelStore, State};
