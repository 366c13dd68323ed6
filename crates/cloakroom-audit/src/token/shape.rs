//! Content, shown without the content: its keys, and of what kind and length each value is.

use serde_json::Value;

/// The most keys that are shown.
const KEYS_MAX: usize = 8;

/// The shape of a JSON value.
fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) => format!("text of {}", text.chars().count()),
        Value::Array(items) => format!("list of {}", items.len()),
        Value::Object(fields) => {
            let mut shown: Vec<String> =
                fields.iter().take(KEYS_MAX).map(|(key, value)| format!("{key}: {}", json(value))).collect();
            if fields.len() > KEYS_MAX {
                shown.push("…".to_owned());
            }
            format!("{{{}}}", shown.join(", "))
        }
    }
}

/// The shape of a text that means something; `None` where it could be noise.
pub(super) fn of_text(octets: &[u8]) -> Option<String> {
    let text = str::from_utf8(octets).ok()?;
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str::<Value>(text) {
        return Some(json(&value));
    }
    if text.len() < 5 || text.chars().any(char::is_control) {
        return None;
    }
    let is_serialized =
        ["a:", "O:", "s:"].iter().any(|start| text.starts_with(start)) && text.ends_with(['}', ';']);
    if is_serialized {
        return Some("serialized by PHP".to_owned());
    }
    pairs(text).or_else(|| words(text))
}

/// `user=alice&role=admin`.
fn pairs(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['&', ';', ',']).map(str::trim).collect();
    let shown: Vec<String> = parts
        .iter()
        .map(|part| {
            let (name, value) = part.split_once(['=', ':'])?;
            is_word(name).then(|| format!("{name}: text of {}", value.chars().count()))
        })
        .collect::<Option<_>>()?;
    let has_value = parts.iter().all(|part| !part.ends_with('='));
    has_value.then(|| shown.join(", "))
}

/// `alice|admin`, `alice:42`.
fn words(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['|', ':', ' ', ',']).collect();
    let has_word = parts.iter().any(|part| is_word(part));
    let is_plain = parts
        .iter()
        .all(|part| is_word(part) || (!part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit())));
    let is_address =
        text.contains('@') && text.contains('.') && text.bytes().all(|octet| octet.is_ascii_graphic());
    let lengths: Vec<String> = parts.iter().map(|part| format!("text of {}", part.chars().count())).collect();
    (is_address || (parts.len() > 1 && has_word && is_plain)).then(|| lengths.join(", "))
}

/// Letters that somebody could pronounce.
fn is_word(text: &str) -> bool {
    let vowels = text.chars().filter(|c| "aeiouyAEIOUY".contains(*c)).count();
    (2..=24).contains(&text.len())
        && text.bytes().all(|octet| octet.is_ascii_alphabetic() || octet == b'_')
        && vowels > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_shown_by_its_keys_alone() {
        let shape = of_text(br#"{"user":"alice","admin":false,"ids":[1,2]}"#).unwrap();
        assert_eq!(shape, "{admin: boolean, ids: list of 2, user: text of 5}");
        assert_eq!(of_text(b"user=alice&role=admin").unwrap(), "user: text of 5, role: text of 5");
        assert_eq!(of_text(b"alice|42").unwrap(), "text of 5, text of 2");
        assert!(of_text(b"alice@example.org").is_some());
    }

    #[test]
    fn noise_has_no_shape() {
        for noise in ["q83hFzk2Lp0Xw9Tb", "0123456789abcdef", "a1:b2:c3", "kzrtbv", "x=", "9f:2c"] {
            assert_eq!(of_text(noise.as_bytes()), None, "{noise}");
        }
    }
}
