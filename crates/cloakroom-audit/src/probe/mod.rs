//! Looks at a site over the network: slowly, within bounds of time and size, and nowhere else.
//!
//! Only hosts of the named site are asked: those with the same registrable domain, which redirects of the site lead to.
//! Where a redirect leads elsewhere the visit ends, and a note says so.

mod body;
mod client;
mod dial;
mod error;
mod metered;
mod terms;
mod visits;

pub(crate) use client::{Client, How, Request};
pub use dial::trusting;
pub use error::ProbeError;
pub use terms::{Detour, Terms};
pub use visits::look_at;
