//! The pages of the administration, and what they are made of.

mod events;
mod filter;
mod frame;
mod new_user;
mod overview;
mod password_link;
mod selection;
mod table;
mod user;
mod user_change;
mod user_fields;
mod users;

pub(crate) use events::{AskedEvents, EventsPage, event_row};
pub(crate) use filter::{Choice, Filter, FilterField};
pub(crate) use frame::{Frame, Section};
pub(crate) use new_user::NewUserPage;
pub(crate) use overview::OverviewPage;
pub(crate) use password_link::PasswordLinkPage;
#[expect(unused_imports, reason = "the part about sessions comes to use them")]
pub(crate) use selection::{Selection, reason_field, select_box};
pub(crate) use table::{Table, empty, next_page};
pub(crate) use user::{UserDone, UserPage};
pub(crate) use user_change::UserChangePage;
pub(crate) use user_fields::TypedUser;
pub(crate) use users::UsersPage;
