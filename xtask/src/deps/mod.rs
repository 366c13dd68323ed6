//! `cargo xtask deps`: the dependencies are what deny.toml allows.

mod licence;
mod policy;
mod rules;
mod run;

pub(crate) use run::run;
