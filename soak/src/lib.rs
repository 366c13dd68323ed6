//! Storms on every store while its servers die, stop and take over from each other, as long as one likes.
//!
//! A [storm](cloakroom_testkit::storm) asks and judges; this crate has the servers, opens two nodes on each store, one of them on a
//! line that cuts and delays, and lets happen what happens to servers. `cargo xtask soak` is the long form; the tests of this crate
//! are the short one: one round for each store.
//!
//! A round is a storm with all faults of a store once, in an order and after pauses that its seed decides, as it decides what
//! every caller asks. The rounds of a run have the seed of the run and those that follow it, so that a run that begins with the
//! seed of a round begins with that round.

mod fault;
mod kind;
mod line;
mod rounds;
mod site;
mod sites;
mod summary;
mod trouble;

pub use fault::Fault;
pub use kind::Kind;
pub use rounds::Scale;
pub use summary::Summary;
pub use trouble::Trouble;
