//! `cloakroom doctor`: sends what an attacker would through the proxy that is really there, and names what it lets through.
//!
//! It needs nothing of the gateway and opens no database: what a proxy does wrong shows in what comes back, and in what the application gets,
//! in whose place it listens when it is told to. So there is no door for it that others could find.

mod application;
mod http;
mod patient;
mod place;
mod prescription;
mod report;
mod run;
mod signed_in;
mod strangers;
mod visitor;

pub(crate) use run::{Examination, run};
