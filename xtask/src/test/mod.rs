//! `cargo xtask test`: all tests, and the programs that they need.

mod behind;
mod binaries;
mod blame;
mod lanes;
mod npm;
mod python;
mod requirement_error;
mod requirements;
mod run;
mod schemathesis;
mod scratch;
mod size;
mod surroundings;
mod wheels;

pub(crate) use run::{Options, run};
pub(crate) use surroundings::Surroundings;
