//! To come.
pub mod cookie;
