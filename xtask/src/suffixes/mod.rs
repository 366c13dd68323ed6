//! `cargo xtask suffixes FILE`: the public suffix list as our crate has it, from a list that was downloaded.

mod compact;
mod punycode;
mod run;

pub(crate) use run::{Options, run};
