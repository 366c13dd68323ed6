//! Answers that somebody recorded, so that nothing needs to be reachable.

mod bounds;
mod error;
mod har;
mod headers;

pub use error::InvalidRecord;
pub use har::from_har;
pub use headers::from_headers;
