//! The gateway's pages as people meet them: in Chromium and Firefox, on a desk and on a phone, by day and by night, in both
//! languages, with scripts and without, by mouse and by keyboard.
//!
//! Whatever page is met is photographed, and has to be free of what axe-core finds, of anything that the policy refuses, of
//! shifts and of overflow. The photographs are left in `tmp/pages` of the target directory. Needs the browsers, and the libraries of
//! Node in the folder that `CLOAKROOM_PAGE_CHECKS` names; `cargo xtask test` finds or installs them.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[path = "../stories/support/application.rs"]
mod application;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/browser.rs"]
mod browser;
mod checks;
mod console;
mod demo;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/demo.rs"]
mod demo_program;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/gateway.rs"]
mod gateway;
mod keyboard;
mod looks;
mod once;
mod reader;
mod sessions;
mod stage;
mod tabs;
mod tools;
mod visits;
mod watching;
