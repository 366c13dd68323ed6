//! `cargo xtask test`: all tests, and the programs that they need.

mod requirements;
mod run;
mod scratch;

pub(crate) use run::{Options, run};
