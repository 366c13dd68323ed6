//! The routes of `--listen`.

mod account;
mod data;
mod pages;
mod probes;
mod reply;
mod router;
mod socket;

pub(crate) use router::router;
