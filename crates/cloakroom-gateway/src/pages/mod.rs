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
mod password;
mod problem;
mod provider;
mod setup;
mod sign_in;
mod site;
mod words;

pub(crate) use account::{AccountPage, Done, SessionCard, SignedInBy};
pub(crate) use admin::{
    EndEveryonesPage, EndMatchingPage, EndingRefused, EndingRow, EndingsPage, FilterWords, Frame,
    OneSessionPage, Owner, SESSIONS_PATH, SESSIONS_ROWS, Section, SessionRow, SessionsNotice, SessionsPage,
    UsersPage,
};
pub(crate) use assets::{Assets, StaticFile};
pub(crate) use instant::Instant;
pub(crate) use password::{PasswordPage, ReauthenticatePage};
pub(crate) use problem::{NotAllowedPage, ProblemPage};
pub(crate) use provider::{ProviderLink, ProviderProblem, ProviderProblemPage, SignedOutHerePage};
pub(crate) use setup::{DeadLinkPage, SetupPage};
pub(crate) use sign_in::{SignInNotice, SignInPage, SignOutPage, SignedOutPage};
pub(crate) use site::{FormToken, Site};
pub(crate) use words::{Language, Words};
