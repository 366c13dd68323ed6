//! Stock browsers for tests, and what cloakroom leaves to browsers, shown in Chromium and Firefox.
//!
//! [`Browser`] is driven by `WebDriver` `BiDi`: the same commands for both, and no program between us and Firefox. The proofs are
//! in `tests/browsers`; `docs/browsers.md` lists what was shown in which version, and with which control. The gateway's pages are
//! looked at by the same means.
#![expect(clippy::missing_panics_doc, reason = "a test that cannot go on has failed")]

mod driver;

pub use driver::{
    Browser, Cookie, DEADLINE, Key, Kind, Look, RUNTIME, Tab, Theme, Visitor, in_both, server_config,
};
