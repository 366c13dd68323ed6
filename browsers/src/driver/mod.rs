//! The browsers: how they are started, told what to do, and asked what they show.

mod authority;
mod bidi;
mod browser;
mod kind;
mod launch;
mod look;
mod place;
mod programs;
mod runtime;
mod tab;

pub use authority::server_config;
pub use browser::{Browser, Visitor, in_both};
pub use kind::Kind;
pub use launch::Theme;
pub use look::Look;
pub use runtime::{DEADLINE, RUNTIME};
pub use tab::{Cookie, Key, Tab};
