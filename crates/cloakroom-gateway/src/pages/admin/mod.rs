//! The pages of the administration, and what they are made of.

mod events;
mod filter;
mod frame;
mod new_user;
mod one_session;
mod overview;
mod password_link;
mod selection;
mod session_ending;
mod session_filter;
mod sessions;
mod table;
mod user;
mod user_change;
mod user_fields;
mod users;

pub(crate) use events::{AskedEvents, EventsPage, event_row};
pub(crate) use filter::{Choice, Filter, FilterField};
pub(crate) use frame::{Frame, Section};
pub(crate) use new_user::NewUserPage;
pub(crate) use one_session::OneSessionPage;
pub(crate) use overview::OverviewPage;
pub(crate) use password_link::PasswordLinkPage;
pub(crate) use selection::{Selection, needed_reason_field, reason_field, select_box};
pub(crate) use session_ending::{EndEveryonesPage, EndMatchingPage, EndingRefused, EndingRow, EndingsPage};
pub(crate) use session_filter::FilterWords;
pub(crate) use sessions::{
    Owner, PATH as SESSIONS_PATH, ROWS as SESSIONS_ROWS, SessionRow, SessionsNotice, SessionsPage,
};
pub(crate) use table::{Table, empty, next_page};
pub(crate) use user::{UserDone, UserPage};
pub(crate) use user_change::UserChangePage;
pub(crate) use user_fields::TypedUser;
pub(crate) use users::UsersPage;
