//! The pages of the administration, and what they are made of.

mod filter;
mod frame;
mod one_session;
mod selection;
mod session_ending;
mod session_filter;
mod sessions;
mod table;
mod users;

pub(crate) use filter::{Choice, Filter, FilterField};
pub(crate) use frame::{Frame, Section};
pub(crate) use one_session::OneSessionPage;
pub(crate) use selection::{Selection, select_box};
pub(crate) use session_ending::{EndEveryonesPage, EndMatchingPage, EndingRefused, EndingRow, EndingsPage};
pub(crate) use session_filter::FilterWords;
pub(crate) use sessions::{
    Owner, PATH as SESSIONS_PATH, ROWS as SESSIONS_ROWS, SessionRow, SessionsNotice, SessionsPage,
};
pub(crate) use table::{Table, empty, next_page};
pub(crate) use users::UsersPage;
