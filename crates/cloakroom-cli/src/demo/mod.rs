//! `cloakroom demo`: a gateway, a small application behind it, some people with sessions, and attacks that a visitor runs and sees fail.
//!
//! Everything here is outside of the gateway: it is started by its public API and spoken to over HTTP, like any other. So what makes the demo easy,
//! known names and passwords that are shown, is nowhere in a gateway that `serve` runs. All of it is on this machine alone, in a folder of its own
//! that goes when the demo ends.

mod attacks;
mod browser;
mod guide;
mod notes;
mod other_site;
mod page;
mod people;
mod person;
mod place;
mod run;
mod wire;

pub(crate) use run::{DemoArguments, run};
