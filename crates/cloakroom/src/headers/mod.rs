//! The header fields that make a browser protect a page: one layer, with defaults that hold.
//!
//! | field | default | why |
//! |---|---|---|
//! | `Content-Security-Policy` | scripts by nonce only; nothing from elsewhere; no frames around it | an injected script does not run |
//! | `Strict-Transport-Security` | two years, sub-domains included, over TLS only | nobody between reads or plants a cookie |
//! | `X-Content-Type-Options` | `nosniff` | an upload is not run as a script |
//! | `Referrer-Policy` | `same-origin` | addresses stay here; `no-referrer` would turn a form's `Origin` into `null` |
//! | `Cross-Origin-Opener-Policy`, `Cross-Origin-Resource-Policy` | `same-origin` | other sites get no hold of our window and bytes |
//! | `Permissions-Policy` | nothing that a page seldom needs | an injected frame cannot ask for it |
//! | `X-Frame-Options` | `DENY` | what `frame-ancestors` says, for browsers that do not read it |
//! | `Cache-Control` | `no-store` on what a signed-in user gets | a shared computer shows nothing afterwards |
//! | `Clear-Site-Data` | `"cache", "storage"` when a session ends by sign-out | what scripts kept goes too |
//!
//! A field that the application sets itself stays as it is, but for `Strict-Transport-Security`, which is one field of ours.
//!
//! Source: ASVS 5.0 3.4, 14.3; OWASP HTTP Headers.

mod csp;
mod fields;
mod layer;
mod nonce;
mod setup;
mod transport;

pub use csp::{ContentSecurityPolicy, Directive, InvalidSource};
pub use fields::PAGE_GUARD;
pub(crate) use fields::SignedOut;
pub use layer::{SecurityHeadersFuture, SecurityHeadersLayer, SecurityHeadersService};
pub use nonce::{Nonce, NonceMissing};
pub use setup::SecurityHeaders;
pub use transport::{InvalidTransportSecurity, StrictTransportSecurity};
