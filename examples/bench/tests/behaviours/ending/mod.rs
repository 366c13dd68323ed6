//! Lines 1 to 9 and 11, and the rows of REV: what was ended stays ended, whatever is in flight.

mod cap;
mod deed;
#[cfg(feature = "servers")]
mod elsewhere;
mod in_doubt;
mod near;
mod near_late;
mod nodes;
mod races;
mod revocation;
mod scope;
mod streams;
