//! The cloakroom gateway: sign-in, account pages and a reverse proxy for an application in any language.
//!
//! It is built on the public API of the `cloakroom` library alone.

pub mod accounts;
pub mod config;
pub mod keys;
pub mod pages;
pub mod proxy;
mod server;
pub mod web;
