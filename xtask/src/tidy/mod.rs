//! `cargo xtask tidy`: the rules of this repository that no other tool knows. One file per rule.

mod circles;
mod imports;
mod manual;
mod modules;
mod problem;
mod run;
mod shape;
mod standards;
mod walls;
mod words;

pub(crate) use problem::{Problem, report};
pub(crate) use run::run;
