//! The reverse proxy: one application behind the gateway, which learns who is there from header fields.

mod cookies;
mod forward;
mod hop_by_hop;
mod identity;
mod navigation;
mod tunnel;

pub use forward::{Application, ForwardError, Forwarded};
pub use identity::Identity;
pub use navigation::{Kind, kind};
