//! The pages of the administration, and what they are made of.

mod filter;
mod frame;
mod selection;
mod table;
mod users;

pub(crate) use filter::{Choice, Filter, FilterField};
pub(crate) use frame::{Frame, Section};
pub(crate) use selection::{Selection, select_box};
pub(crate) use table::{Table, empty, next_page};
pub(crate) use users::UsersPage;
