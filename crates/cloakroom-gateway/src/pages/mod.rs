//! The pages that people see, as functions from what is to be shown to HTML.
//!
//! No page needs a script, holds anything inline, or loads anything from elsewhere. Text is escaped unless a
//! page says otherwise, and none does.

mod account;
mod assets;
mod instant;
mod layout;
mod password;
mod problem;
mod provider;
mod setup;
mod sign_in;

pub(crate) use account::{AccountPage, SessionCard};
pub(crate) use assets::{GUARD, ICON, STYLE, StaticFile};
pub(crate) use instant::Instant;
pub(crate) use layout::TOO_MANY;
pub(crate) use layout::{FormToken, Site};
pub(crate) use password::{PasswordPage, ReauthenticatePage};
pub(crate) use problem::{NotAllowedPage, ProblemPage};
pub(crate) use provider::{ProviderLink, ProviderProblem, ProviderProblemPage, SignedOutHerePage};
pub(crate) use setup::{DeadLinkPage, SetupPage};
pub(crate) use sign_in::{SignInNotice, SignInPage, SignOutPage, SignedOutPage};
