//! The attacks: each is really carried out over HTTP, and is judged by what came back.

mod attack;
mod outcome;
mod pages;
mod sites;
mod stage;
mod tokens;

pub(super) use attack::Attack;
pub(super) use outcome::{Outcome, Step, Turn};
pub(super) use stage::Stage;
