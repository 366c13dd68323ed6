//! Sealed sessions: what holds of them on every store that keeps their marks.
//!
//! What holds of stored and sealed sessions alike is beside the tests of stored ones, as `on_sealed!`.

mod ending;
mod keys;
mod time;
mod value;
