//! The envelope around what a cookie holds.

use cloakroom_core::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::time;
use crate::crypto::{STANDARD, from_base64};
use crate::value::{from_json, shaped};
use crate::{Refusal, Serialization, Value, Verified};

/// How messages are read once they are authentic.
pub(super) struct Messages {
    purpose: String,
    serialization: Serialization,
    is_purpose_optional: bool,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "_rails", borrow)]
    rails: Metadata<'a>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    /// The value, serialized and in base64.
    message: Option<String>,
    /// The value as JSON within JSON: what Rails 7.1 writes where one serializer does both.
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    exp: Option<String>,
    pur: Option<String>,
}

impl Messages {
    pub(super) fn of_cookie(cookie_name: &str) -> Self {
        Self {
            purpose: format!("cookie.{cookie_name}"),
            serialization: Serialization::Json,
            is_purpose_optional: false,
        }
    }

    pub(super) fn serialization(&mut self, serialization: Serialization) {
        self.serialization = serialization;
    }

    pub(super) fn accept_without_purpose(&mut self) {
        self.is_purpose_optional = true;
    }

    /// The value of a message that the key at this position made, of authentic octets.
    pub(super) fn open(
        &self,
        message: &[u8],
        key_position: usize,
        authentic: &[&[u8]],
        now: Timestamp,
    ) -> Result<Verified<Value>, Refusal> {
        let envelope = match shaped::<Envelope<'_>>(message) {
            Ok(envelope) => envelope.rails,
            Err(_) if self.is_purpose_optional => {
                return Ok(Verified::new(self.serialization.value(message)?, key_position, authentic));
            }
            Err(_) if message.starts_with(b"{\"_rails\":") => return Err(Refusal::Undecodable),
            Err(_) => return Err(Refusal::OtherPurpose),
        };
        // Without metadata in cookies, Rails still writes an envelope around one that expires.
        if envelope.pur.as_ref().map_or(!self.is_purpose_optional, |purpose| *purpose != self.purpose) {
            return Err(Refusal::OtherPurpose);
        }
        let expires_at = envelope.exp.as_deref().map(time::parse).transpose()?;
        if expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(Refusal::Expired);
        }
        let value = match (&envelope.message, envelope.data) {
            (Some(message), None) => {
                let octets = from_base64(&STANDARD, message).map_err(|_| Refusal::Undecodable)?;
                self.serialization.value(&octets)?
            }
            (None, Some(json)) => from_json(json.get().as_bytes())?,
            _ => return Err(Refusal::Undecodable),
        };
        let mut verified = Verified::new(value, key_position, authentic);
        verified.expires_at = expires_at;
        Ok(verified)
    }
}
