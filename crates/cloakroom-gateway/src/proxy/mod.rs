//! The reverse proxy: one application behind the gateway, which learns who is there from header fields.

mod cookies;
mod forward;
mod frames;
mod hop_by_hop;
mod identity;
mod link;
mod navigation;
mod relay;
mod stream;
mod tunnel;
mod upload;

pub(crate) use cookies::others as other_cookies;
pub(crate) use forward::{Application, Forwarded, Life};
pub(crate) use identity::{
    Identity, RESERVED, RESERVED_PREFIXES, UserFields, fields_of, fields_of_oauth2_proxy,
};
pub(crate) use navigation::{Kind, is_web_socket, kind};
