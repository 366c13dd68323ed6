//! The manual. It holds no code, only pages.
//!
//! - [`how_to`]: short recipes. Each is compiled and run as a test.
//! - [`defaults`]: every default, and why it is that.
//! - [`threats`]: each attack, how it works, what stops it, and the tests that prove it by name.
//! - [`beyond`]: what no session cookie can solve, and what would.
//!
//! Whole applications are in the repository's folder `examples/stories`.

pub mod beyond;
pub mod defaults;
pub mod how_to;
pub mod threats;
