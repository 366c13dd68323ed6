//! What a browser does with a `Set-Cookie`: the algorithm of user agents, not a search for words.
//!
//! [`ParsedCookie::parse`] reads a field value, [`Jar::receive`] decides whether a browser keeps it and says the step that
//! refuses it, [`Jar::cookies_for`] is what a request then carries. Nothing here does I/O or reads a clock.
//!
//! Source: RFC 6265bis (2026-01) 5.1 to 5.8; layered cookies 4.1.3 for `__Http-` and `__Host-Http-`; CHIPS for `Partitioned`.

mod cookie;
mod date;
mod domain;
mod jar;
mod parse;
mod path;
mod prefix;
mod refusal;
mod time;

pub use cookie::{Cookie, SameSite};
pub use date::parse_date;
pub use domain::{is_local, is_public_suffix, is_secure, registrable_domain, same_site};
pub use jar::{Asking, Jar};
pub use parse::{Attribute, Fate, ParsedCookie, Unread};
pub use prefix::Prefix;
pub use refusal::Refusal;
pub use time::UnixTime;
