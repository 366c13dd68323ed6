//! Each example, started, and its story told over HTTP.

mod browser;
mod program;
mod told;
