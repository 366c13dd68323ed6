//! Stock browsers, driven by `WebDriver` `BiDi`: the same commands for both, and no program between us and Firefox.

mod authority;
mod bidi;
mod browser;
mod launch;
mod place;
mod programs;
mod runtime;
mod tab;

pub(crate) use authority::server_config;
pub(crate) use browser::{Browser, Kind, in_both};
pub(crate) use runtime::{DEADLINE, RUNTIME};
pub(crate) use tab::Tab;
