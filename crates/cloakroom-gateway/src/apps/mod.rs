//! The applications that users reach through their sign-in: which there are, what it takes to use them, and the way back to them.

mod by_host;
mod demand;
mod destination;
mod registry;

pub(crate) use by_host::ByHost;
pub(crate) use demand::{Decider, Demand, Met};
pub(crate) use destination::{AppPath, Destination};
pub(crate) use registry::{AppEntry, Apps, Here};
