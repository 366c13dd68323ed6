//! The JSON API, for applications in any language: `/_cloakroom/api/v1`.
//!
//! Its routes are a table ([`operations`]). The router is made from the table and so is the document that describes it: who may call,
//! what is taken, what is answered. A route that is not described cannot be reached, and one that is described is there.
//!
//! - `session` and `sessions` are for a browser's own session, by its cookie, at the sign-in's origin and at every application's.
//! - `verify`, `users` and anybody's `sessions` are for services, by keys that say what they may do.
//!
//! # Security
//! Who calls is found out in one place, before a handler runs or a body is read. Another site can make a browser send the cookie but
//! neither the field that unsafe requests need nor an answer to its question whether it may: there is no CORS here.

mod body;
mod call;
mod caller;
mod decision;
mod described;
mod document;
mod events;
mod failure;
mod operation;
mod operations;
mod own;
mod page;
mod place;
mod problem;
mod proof;
#[cfg(test)]
mod reference;
mod router;
mod search;
mod services;
mod shapes;
mod verify;

pub(crate) use router::{Api, is_for_api};
