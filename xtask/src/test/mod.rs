//! `cargo xtask test`: all tests, and the programs that they need.

mod requirements;
mod run;
mod scratch;
mod surroundings;

pub(crate) use run::{Options, run};
pub(crate) use surroundings::Surroundings;
