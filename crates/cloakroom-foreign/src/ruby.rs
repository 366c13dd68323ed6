//! What Rails and Rack have in common: how Ruby writes a session, and how Rack reads a cookie.

use crate::crypto::{Plus, percent_decoded};
use crate::value::{MARSHAL_SIGNATURE, from_json, from_marshal};
use crate::{Refusal, Value};

/// What the old application wrote its sessions in.
///
/// Marshal is read as far as it is plain data; a session that holds an object of any class is refused whole, and no class is ever
/// looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// JSON: the default of Rails.
    Json,
    /// Marshal: the default of Rack.
    Marshal,
    /// Either: Rails' `:hybrid`, and applications that have changed from one to the other.
    JsonOrMarshal,
}

impl Serialization {
    pub(crate) fn value(self, octets: &[u8]) -> Result<Value, Refusal> {
        let is_marshal = octets.starts_with(&MARSHAL_SIGNATURE);
        match self {
            Self::Json if is_marshal => Err(Refusal::Unsupported),
            Self::JsonOrMarshal if !is_marshal => from_json(octets),
            Self::Json => from_json(octets),
            Self::Marshal | Self::JsonOrMarshal => from_marshal(octets),
        }
    }
}

/// What Rack makes of a cookie's value: one that does not decode is taken as it stands.
pub(crate) fn rack_decoded(value: &[u8]) -> Vec<u8> {
    percent_decoded(value, Plus::Space).unwrap_or_else(|| value.to_vec())
}
