//! What a request costs with cloakroom, beside bare axum and other session layers.
//!
//! The same small application stands on each of them, and requests go straight into its router: no socket, no parser, so
//! that what is measured is the layer. `requests.rs` takes the time, `counts.rs` counts what does not depend on the
//! machine's mood. `nodes.rs` measures the same application as a server, on stores that are servers too. `gateway.rs` measures
//! the program `cloakroom` itself, beside and behind nginx.

#[cfg(feature = "nodes")]
pub mod gateway;
#[cfg(feature = "nodes")]
pub mod nodes;
pub mod sites;
pub mod spread;
pub mod valgrind;

mod profile;
mod request;
mod site;

pub use profile::{Profile, Role};
pub use request::{Cookies, Credentials, Route};
pub use site::{Site, Trouble};
