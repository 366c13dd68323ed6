//! The listeners: connections, their limits, and an end that lets requests finish.

mod accept;
mod listen;
mod redirect;
mod strict;

pub(crate) use accept::{Ending, serve};
pub(crate) use listen::Listeners;
pub(crate) use redirect::{Redirect, redirect};
