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
mod setup;
mod sign_in;

pub use account::{AccountPage, SessionCard};
pub use assets::{ICON, STYLE, StaticFile};
pub use instant::Instant;
pub use layout::{FormToken, Site};
pub use password::{PasswordPage, ReauthenticatePage};
pub use problem::ProblemPage;
pub use setup::{DeadLinkPage, SetupPage};
pub use sign_in::{SignInNotice, SignInPage, SignOutPage, SignedOutPage};
