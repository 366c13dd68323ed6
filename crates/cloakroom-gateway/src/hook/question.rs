//! What a hook is asked, and how it knows that we ask.

use std::net::IpAddr;

use bytes::Bytes;
use cloakroom::Timestamp;
use ring::hmac;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::accounts::password::Password;
use crate::hex::Hex;

/// Whether this is the password of this name.
#[derive(Clone)]
pub(crate) struct Question<'a> {
    /// The name as typed.
    pub(crate) name: &'a str,
    /// The password as typed.
    pub(crate) password: &'a Password,
    /// Where it comes from.
    pub(crate) address: IpAddr,
    /// What the browser calls itself.
    pub(crate) user_agent: Option<&'a str>,
}

#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    password: &'a str,
    address: IpAddr,
    user_agent: Option<&'a str>,
}

impl Question<'_> {
    /// The body; wiped once it has been sent.
    pub(super) fn body(&self) -> Option<Bytes> {
        let Self { name, address, user_agent, .. } = *self;
        // Room for all of it, so that no copy is left behind where it grew.
        let mut octets = Zeroizing::new(Vec::with_capacity(
            512 + 6 * (name.len() + self.password.expose().len() + user_agent.map_or(0, str::len)),
        ));
        let body = Body { name, password: self.password.expose(), address, user_agent };
        serde_json::to_writer(&mut *octets, &body).ok()?;
        Some(Bytes::from_owner(octets))
    }
}

/// What says that a body is ours, and when it was sent: the seconds since 1970, and `v1=` with the HMAC-SHA256 in hexadecimal digits of these
/// seconds, a point and the body.
pub(super) fn signature(key: &hmac::Key, now: Timestamp, body: &[u8]) -> (String, String) {
    let seconds = (now.as_millis() / 1000).to_string();
    let mut context = hmac::Context::with_key(key);
    context.update(seconds.as_bytes());
    context.update(b".");
    context.update(body);
    let tag = context.sign();
    (seconds, format!("v1={}", Hex(tag.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_what_was_typed() {
        let password = Password::new("p\"ä").unwrap();
        let address = "192.0.2.7".parse().unwrap();
        let question = Question { name: "Alice", password: &password, address, user_agent: None };
        let body = question.body().unwrap();
        assert_eq!(
            std::str::from_utf8(&body).unwrap(),
            r#"{"name":"Alice","password":"p\"ä","address":"192.0.2.7","user_agent":null}"#
        );
    }

    /// The value is that of `printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef`.
    #[test]
    fn the_signature_is_over_the_time_and_the_body() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"0123456789abcdef0123456789abcdef");
        let (seconds, signature) = signature(&key, Timestamp::from_millis(1_700_000_000_999), b"{}");
        assert_eq!(seconds, "1700000000");
        assert_eq!(signature, "v1=417adf36b901772f658597a76d329694e335e65fc0849d7715c3ca33406309b5");
    }
}
