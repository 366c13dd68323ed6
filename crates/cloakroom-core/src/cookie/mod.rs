//! Cookies as RFC 6265bis has them: reading the `Cookie` field, writing `Set-Cookie`.
//!
//! Reading never fails and never decodes: octets go in, octets come out, and a name matches octet for octet.
//! [`find_all`] is the path that every request takes; [`parse()`] is the whole algorithm, for tests and for
//! whoever wants to see everything that a request carries.
//!
//! Writing cannot go wrong in secret: every part of a `Set-Cookie` is a type that has been checked, and
//! [`SetCookie`] refuses the combinations that a browser would throw away. [`CookiePolicy`] goes further and
//! makes the illegal combinations of a session cookie impossible to write down.
//!
//! Source: RFC 6265bis (2026-01); layered cookies 4.1.3 for `__Http-` and `__Host-Http-`; CHIPS for
//! `Partitioned`.

mod attribute;
mod draft;
mod error;
mod expires;
mod find;
mod name;
mod parse;
mod policy;
mod render;
mod rules;
mod value;

pub use attribute::{CookieDomain, CookiePath, MaxAge, SameSite};
pub use draft::{DomainCookie, HostCookie, LocalhostCookie};
pub use error::CookieError;
pub use expires::Expires;
pub use find::{FindAll, find_all};
pub use name::{CookieName, NamePrefix};
pub use parse::{Pair, name_set_by, parse};
pub use policy::{CookiePolicy, PolicyWarning};
pub use render::{RenderedCookie, SetCookie};
pub use value::CookieValue;
