//! The program `cloakroom` as it is released: what its answers cost, alone, as a reverse proxy, and behind nginx.
//!
//! A *course* is a way that a request can take, from a client to a six-octet answer of an application or less. All are there at
//! once and take short turns; the processor's time of each process on the way is what counts.

mod course;
mod front;
mod house;
mod load;
mod rival;

pub use course::{Course, Turn};
pub use front::{Asked, Front, Upstream};
pub use house::House;
pub use load::work;
pub use rival::Rival;
