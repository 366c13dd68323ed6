//! What Django and Flask have in common: JSON that may be compressed, in base64.

use crate::Refusal;
use crate::crypto::{URL_SAFE_LENIENT, from_base64, inflate};
use crate::value::{Value, from_json};

/// The value of a payload; a dot in front says that it is compressed.
pub(crate) fn json_payload(payload: &str) -> Result<Value, Refusal> {
    match payload.strip_prefix('.') {
        Some(compressed) => {
            let octets = from_base64(&URL_SAFE_LENIENT, compressed).map_err(|_| Refusal::Undecodable)?;
            from_json(&inflate(&octets)?)
        }
        None => from_json(&from_base64(&URL_SAFE_LENIENT, payload).map_err(|_| Refusal::Undecodable)?),
    }
}
