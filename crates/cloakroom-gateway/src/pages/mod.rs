//! The pages that people see, as functions from what is to be shown to HTML.
//!
//! No page needs a script, holds anything inline, or loads anything from elsewhere. Text is escaped unless a
//! page says otherwise, and none does. What pages say is in `words`, in every language.

mod account;
mod admin;
mod assets;
mod fields;
mod icons;
mod instant;
mod own_events;
mod password;
mod plot;
mod problem;
mod provider;
mod reset;
mod setup;
mod sign_in;
mod signed_in_by;
mod site;
mod words;

pub(crate) use account::{AccountPage, Done, SessionCard};
pub(crate) use admin::{
    AskedEvents, EndEveryonesPage, EndMatchingPage, EndingRefused, EndingRow, EndingsPage, EventsPage,
    FilterWords, Frame, NewUserPage, OneSessionPage, OverviewPage, Owner, PasswordLinkPage, SESSIONS_PATH,
    SESSIONS_ROWS, Section, SessionRow, SessionsNotice, SessionsPage, TypedUser, UserChangePage, UserDone,
    UserPage, UsersPage, event_row,
};
pub(crate) use assets::{Assets, StaticFile};
pub(crate) use instant::Instant;
pub(crate) use own_events::{Other, OwnEvent, OwnEventsPage};
pub(crate) use password::{PasswordPage, ReauthenticatePage};
pub(crate) use problem::{NotAllowedPage, ProblemPage};
pub(crate) use provider::{ProviderLink, ProviderProblem, ProviderProblemPage, SignedOutHerePage};
pub(crate) use reset::{DeadResetLinkPage, ResetPage};
pub(crate) use setup::{DeadLinkPage, SetupPage};
pub(crate) use sign_in::{SignInNotice, SignInPage, SignOutPage, SignedOutPage};
pub(crate) use signed_in_by::SignedInBy;
pub(crate) use site::{FormToken, Site};
pub(crate) use words::{Language, Words};
