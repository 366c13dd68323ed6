//! Forward auth behind real proxies: nginx, Caddy, Traefik, `HAProxy` and Envoy, each started with the very text that
//! `cloakroom snippet` prints.
//!
//! [`questions`] and [`answers`] put a small server in the gateway's place, to see what each proxy asks and what becomes of
//! each answer; [`stories`] has the real gateway, and [`storms`] takes it down. [`texts`] looks at what is printed for `https://`
//! origins, and [`peculiar`] at what one proxy alone has. Every test runs behind every proxy, in a module of the proxy's name.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/browser.rs"]
mod browser;
mod doctor;
mod forged;
#[expect(dead_code, reason = "the other stories use the rest of it")]
#[path = "../stories/support/gateway.rs"]
mod gateway;
mod http;
mod peculiar;
mod questions;
mod service;
mod setup;
mod shared;
mod stage;
mod stories;
mod storms;
mod texts;
mod town;
