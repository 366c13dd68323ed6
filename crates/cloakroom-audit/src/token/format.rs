//! The formats that tokens are known in.

use serde_json::Value;

use super::decode::{base64, hex, inflate, percent};
use super::{keys, shape};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    /// Claims and a signature.
    Jwt { algorithm: String, has_expiry: bool, shape: String, known_key: Option<&'static str> },
    /// Content that everybody reads and that somebody signed.
    Signed { by: &'static str, shape: Option<String>, known_key: Option<&'static str> },
    /// A reference that somebody signed: the part that varies, and the key where it is known.
    SignedReference { reference: String, known_key: Option<&'static str> },
    /// Content that nobody reads without a key.
    Sealed,
    /// A UUID of this version.
    Uuid(u8),
    /// Content that everybody reads and writes.
    Readable { shape: String },
    /// It means nothing to anybody.
    Opaque(String),
}

impl Format {
    /// Recognises a value. `is_signed` says that a cookie beside it signs it.
    pub(crate) fn of(value: &[u8], is_signed: bool) -> Self {
        let text = percent(value);
        let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
        jwt(text)
            .or_else(|| express(text))
            .or_else(|| sealed(text))
            .or_else(|| rails(text))
            .or_else(|| dated(text))
            .or_else(|| uuid(text))
            .or_else(|| readable(text, is_signed))
            .unwrap_or_else(|| Self::Opaque(text.to_owned()))
    }
}

fn jwt(text: &str) -> Option<Format> {
    let parts: Vec<&str> = text.split('.').collect();
    let object = |part: &str| serde_json::from_slice::<Value>(&base64(part)?).ok().filter(Value::is_object);
    let header = object(parts[0])?;
    let algorithm = header.get("alg")?.as_str()?.to_owned();
    if parts.len() == 5 {
        return Some(Format::Sealed);
    }
    let [first, second, signature] = parts[..] else { return None };
    let claims = base64(second)?;
    let known_key = keys::of_jwt(&algorithm, &format!("{first}.{second}"), signature);
    let has_expiry = object(second)?.get("exp").is_some();
    Some(Format::Jwt { algorithm, has_expiry, shape: shape::of_text(&claims)?, known_key })
}

/// `s:` value `.` signature.
fn express(text: &str) -> Option<Format> {
    let (value, signature) = text.strip_prefix("s:")?.rsplit_once('.')?;
    let known_key = keys::of_express(value, signature);
    if let Some(content) = value.strip_prefix("j:") {
        return Some(Format::Signed { by: "Express", shape: shape::of_text(content.as_bytes()), known_key });
    }
    Some(Format::SignedReference { reference: value.to_owned(), known_key })
}

/// Formats that say of themselves that they are encrypted.
fn sealed(text: &str) -> Option<Format> {
    let starts = ["gAAAAA", "Fe26.2*", "CfDJ8", "v1.local.", "v2.local.", "v3.local.", "v4.local."];
    let is_laravel = || {
        let decoded = base64(text)?;
        let value: Value = serde_json::from_slice(&decoded).ok()?;
        (value.get("iv").is_some() && value.get("value").is_some()).then_some(())
    };
    let is_known = starts.iter().any(|start| text.starts_with(start)) || is_laravel().is_some();
    // Rails: ciphertext, nonce and tag.
    let parts: Vec<&str> = text.split("--").collect();
    let is_rails = parts.len() == 3
        && base64(parts[1]).is_some_and(|nonce| nonce.len() == 12)
        && base64(parts[2]).is_some_and(|tag| tag.len() == 16);
    (is_known || is_rails).then_some(Format::Sealed)
}

/// Rails and Rack: content `--` code in hex.
fn rails(text: &str) -> Option<Format> {
    let (content, code) = text.rsplit_once("--")?;
    let code = hex(code)?;
    if ![20, 32].contains(&code.len()) {
        return None;
    }
    let content = base64(content)?;
    // Ruby's own serialization begins so.
    let shape = if content.starts_with(b"\x04\x08") {
        Some("serialized by Ruby".to_owned())
    } else {
        shape::of_text(&content)
    };
    Some(Format::Signed { by: "Rails or Rack", shape, known_key: None })
}

/// Flask and Django: content, time and code, between dots or colons.
fn dated(text: &str) -> Option<Format> {
    for (by, mark) in [("Flask", '.'), ("Django", ':')] {
        let (signed, signature) = text.rsplit_once(mark)?;
        let Some((content, time)) = signed.rsplit_once(mark) else { continue };
        let code = base64(signature).map_or(0, |code| code.len());
        let is_packed = content.starts_with('.');
        let octets = base64(content.trim_start_matches('.'));
        if ![20, 32, 64].contains(&code) || time.len() > 8 || content.is_empty() {
            continue;
        }
        let Some(octets) = octets.and_then(|octets| if is_packed { inflate(&octets) } else { Some(octets) })
        else {
            continue;
        };
        let known_key = if by == "Flask" { keys::of_flask(signed, signature) } else { None };
        return Some(Format::Signed { by, shape: shape::of_text(&octets), known_key });
    }
    None
}

fn uuid(text: &str) -> Option<Format> {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if lengths != [8, 4, 4, 4, 12] || !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return None;
    }
    digits.chars().nth(12)?.to_digit(16).and_then(|version| u8::try_from(version).ok()).map(Format::Uuid)
}

/// Content in any of the ways that it is wrapped in, with no code beside it.
fn readable(text: &str, is_signed: bool) -> Option<Format> {
    let decoded = [base64(text), hex(text)].into_iter().flatten();
    let unpacked: Vec<Vec<u8>> =
        decoded.flat_map(|octets| [inflate(&octets), Some(octets)]).flatten().collect();
    let shape = shape::of_text(text.as_bytes())
        .or_else(|| unpacked.iter().find_map(|octets| shape::of_text(octets)))?;
    if is_signed {
        return Some(Format::Signed { by: "a cookie beside it", shape: Some(shape), known_key: None });
    }
    Some(Format::Readable { shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Format {
        Format::of(value.as_bytes(), false)
    }

    #[test]
    fn frameworks_are_known_by_their_formats() {
        // Made by itsdangerous with the key "dev", which is of no use elsewhere.
        let flask = "eyJ1c2VyIjoiYWxpY2UifQ.aSGu4A.3VfuxOOU-VXS4EH8hKhJzM8YuqM";
        assert!(
            matches!(of(flask), Format::Signed { by: "Flask", shape: Some(shape), .. } if shape == "{user: text of 5}")
        );
        assert!(
            matches!(of("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."), Format::Jwt { algorithm, has_expiry: false, .. } if algorithm == "none")
        );
        assert_eq!(of("7d444840-9dc0-11d1-b245-5ffdce74fad2"), Format::Uuid(1));
        assert_eq!(of("CfDJ8Abc"), Format::Sealed);
        assert!(matches!(of("eyJ1c2VyIjoiYWxpY2UifQ=="), Format::Readable { .. }));
        assert!(matches!(of("s%3Aabc.def"), Format::SignedReference { reference, .. } if reference == "abc"));
        assert!(matches!(of("k9Xw2LpQ0zTbV7nRfYh3Jc"), Format::Opaque(_)));
    }

    #[test]
    fn a_key_of_a_tutorial_is_found() {
        let signed = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0";
        let tag =
            ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"secret"), signed.as_bytes());
        let token = format!("{signed}.{}", super::super::decode::to_base64url(tag.as_ref()));
        assert!(matches!(of(&token), Format::Jwt { known_key: Some("secret"), .. }));
    }
}
