//! What the browsers visit.

mod bank;
mod careless;
mod hostile;
mod seen;
mod server;

pub(crate) use bank::{Bank, Check, Guard};
pub(crate) use careless::{adopting_site, deed_by_get, three_cookies};
pub(crate) use seen::Seen;
pub(crate) use server::{BANK, EVIL, SIBLING, Sites};
