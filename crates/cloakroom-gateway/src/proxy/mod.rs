//! The reverse proxy: one application behind the gateway, which learns who is there from header fields.

mod cookies;
mod forward;
mod hop_by_hop;
mod identity;
mod navigation;
mod stream;
mod tunnel;

pub(crate) use cookies::remove_from_request as remove_cookies;
pub(crate) use forward::{Application, Forwarded};
pub(crate) use identity::{Identity, RESERVED, RESERVED_PREFIXES, fields_of, fields_of_oauth2_proxy};
pub(crate) use navigation::{Kind, kind};
