//! Looks at a site as a browser does, and says what is wrong with its sessions.
//!
//! [`agent`] is the browser: what it keeps of a `Set-Cookie`, and what its requests carry.

pub mod agent;
