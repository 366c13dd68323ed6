//! The public suffix list: the names below which strangers register theirs.
//!
//! ```
//! use cloakroom_suffixes::{Listed, Split};
//!
//! let split = Split::of("www.example.co.uk");
//! assert_eq!((split.suffix(), split.listed()), ("co.uk", Listed::Icann));
//! assert_eq!(split.registered(), Some("example.co.uk"));
//! ```
//!
//! The list is one sorted text of 160 KB, as it lies in the repository: nothing is parsed, built or allocated at a start, and a page of it
//! that nobody asks for is never read. `cargo xtask suffixes FILE` makes it from a list that somebody has downloaded.

mod list;
mod listed;
mod split;

pub use listed::Listed;
pub use split::Split;
