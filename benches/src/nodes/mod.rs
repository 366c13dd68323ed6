//! The small application as servers on stores that are servers too, and what each request costs them.
//!
//! A *node* is a process with one worker thread. Whoever measures has a few dozen connections to it, on each of which a
//! user signs in and then sends the same request again and again, the next one when the last is answered.

mod answer;
mod backends;
mod client;
mod entry;
mod error;
mod goals;
mod measured;
mod node;
mod processors;
mod round_trips;
mod usage;

pub use backends::{Backend, Backends};
pub use client::{Client, work};
pub use entry::{Activity, Entry, LINE_UP, Layer};
pub use error::NodesError;
pub use goals::{GOALS, Goal};
pub use measured::{Measured, Slice};
pub use node::{Node, Programs};
pub use processors::Processors;
pub use round_trips::round_trips;
pub use usage::Usage;
