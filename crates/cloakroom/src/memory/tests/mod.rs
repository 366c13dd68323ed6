//! Tests of the store as a whole.

mod model;
mod sessions;
mod support;
mod threads;
