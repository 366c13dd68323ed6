//! `cargo xtask counts`: what a request costs in allocations, store calls and instructions, within its limits.

mod callgrind;
mod connection;
mod gateway;
mod house;
mod run;

pub(crate) use gateway::check as check_gateway;
pub(crate) use run::{BUILD, Options, PROGRAM, run};
