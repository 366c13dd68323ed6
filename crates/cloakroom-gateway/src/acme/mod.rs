//! Certificates by ACME (RFC 8555), for hosts that nobody has brought a certificate for.
//!
//! A host proves itself in a handshake (`tls-alpn-01`, RFC 8737), so that no other port and no other program is needed. Account,
//! certificates and challenges are rows beside the accounts: whichever instance a server comes to has the answer, and one of them
//! orders for all.

mod error;
mod http;
mod keep;
mod order;
mod proof;
mod shelf;

pub(crate) use error::AcmeError;
pub(crate) use keep::Keeper;
pub(crate) use proof::Challenges;
pub(crate) use shelf::Shelf;
