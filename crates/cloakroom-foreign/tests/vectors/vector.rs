//! The vectors, and what is asked of every one of them.

use std::fmt::Debug;

use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cloakroom_foreign::{ForeignSessionId, Refusal, Secret, Timestamp, Value, Verified};
use serde_json::Value as Json;

/// One cookie, and what its own system said of it.
pub(crate) struct Vector(Json);

impl Vector {
    /// The vectors of a file that are of a system; of all systems, when that is empty.
    pub(crate) fn all(file: &str, system: &str) -> Vec<Self> {
        let list: Vec<Json> = serde_json::from_str(file).expect("a list of vectors");
        let of_system = |vector: &Self| system.is_empty() || vector.text("system") == system;
        list.into_iter().map(Self).filter(of_system).collect()
    }

    pub(crate) fn json(&self, field: &str) -> &Json {
        &self.0[field]
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_else(|| panic!("{field} of {:?}", self.0["kind"]))
    }

    pub(crate) fn param(&self, field: &str) -> &Json {
        &self.0["params"][field]
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("kind")
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.0["accept"].as_bool().expect("a verdict")
    }

    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.text("secret"))
    }

    pub(crate) fn fallbacks(&self) -> Vec<Secret> {
        let list = self.param("fallback_secrets").as_array();
        list.into_iter().flatten().map(|secret| Secret::new(secret.as_str().expect("text"))).collect()
    }

    pub(crate) fn cookie_value(&self) -> &[u8] {
        self.text("cookie_value").as_bytes()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0["eval_now"].as_u64().expect("seconds") * 1000)
    }
}

/// What a payload is in a vector.
pub(crate) trait Expected {
    fn is(&self, expected: &Json) -> bool;
}

impl Expected for Value {
    fn is(&self, expected: &Json) -> bool {
        // Plug's vectors hold the octets beside the term.
        *self == plain(expected.get("term").unwrap_or(expected))
    }
}

impl Expected for String {
    fn is(&self, expected: &Json) -> bool {
        expected == self
    }
}

/// The ID stands alone, or under a name that says what it is.
impl Expected for ForeignSessionId {
    fn is(&self, expected: &Json) -> bool {
        [expected, &expected["sid"], &expected["token"]].into_iter().any(|id| id == self.expose())
    }
}

fn plain(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Integer(number.into()),
            (None, Some(number)) => Value::Integer(number.into()),
            (None, None) => Value::Float(number.as_f64().expect("a number")),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(list) => Value::List(list.iter().map(plain).collect()),
        Json::Object(map) => {
            Value::Map(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
    }
}

/// Every vector is accepted with its payload, or refused for the reason of its kind, and there are so many.
pub(crate) fn check<T: Expected + Debug>(
    vectors: &[Vector],
    count: usize,
    reasons: &[(&str, Refusal)],
    read: impl Fn(&Vector, &[u8]) -> Result<Verified<T>, Refusal>,
) {
    assert_eq!(vectors.len(), count, "vectors");
    for vector in vectors {
        let verdict = read(vector, vector.cookie_value());
        match (&verdict, vector.is_accepted()) {
            (Ok(verified), true) => {
                assert!(
                    verified.payload().is(vector.json("expected_payload")),
                    "payload of {}",
                    vector.kind()
                );
            }
            (Err(refusal), false) => {
                let reason = reasons.iter().find(|(kind, _)| *kind == vector.kind());
                assert_eq!(Some(refusal), reason.map(|(_, reason)| reason), "{}", vector.kind());
            }
            _ => panic!("{}: {verdict:?}, and its system says {}", vector.kind(), vector.is_accepted()),
        }
    }
}

/// Every flipped bit of every accepted vector is refused, unless its system reads the flipped text as the same cookie: then the
/// texts have the same octets where it compares octets, and the payload is the same.
pub(crate) fn check_flips<T: Expected + Debug>(
    vectors: &[Vector],
    same_cookie: impl Fn(&[u8], &[u8]) -> bool,
    read: impl Fn(&Vector, &[u8]) -> Result<Verified<T>, Refusal>,
) {
    let accepted: Vec<_> = vectors.iter().filter(|vector| vector.is_accepted()).collect();
    assert!(!accepted.is_empty());
    for vector in accepted {
        let value = vector.cookie_value();
        let fingerprint = read(vector, value).expect("it is accepted").fingerprint();
        for bit in 0..value.len() * 8 {
            let mut flipped = value.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(verified) = read(vector, &flipped) {
                assert_eq!(verified.fingerprint(), fingerprint, "bit {bit} of {}", vector.kind());
                assert!(same_cookie(value, &flipped), "bit {bit} of {}", vector.kind());
                assert!(verified.payload().is(vector.json("expected_payload")), "bit {bit}");
            }
        }
    }
}

/// For systems with exactly one text for each cookie.
pub(crate) fn never(_: &[u8], _: &[u8]) -> bool {
    false
}

pub(crate) fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = value;
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(octet) => (octets.push(octet), rest = &after[2..]),
            None => (octets.push(*first), rest = after),
        };
    }
    octets
}

/// Base64 without regard to padding and spare bits.
fn decoded(alphabet: &Alphabet, text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

pub(crate) fn url_safe(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    decoded(&alphabet::URL_SAFE, text)
}

pub(crate) fn standard(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    decoded(&alphabet::STANDARD, text)
}

/// Whether the texts differ in nothing but the spare bits of what stands after the last separator.
pub(crate) fn same_signature(
    separator: u8,
    decode: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> impl Fn(&[u8], &[u8]) -> bool {
    let split = move |text: &[u8]| {
        let at = text.iter().rposition(|octet| *octet == separator)?;
        Some((text[..at].to_vec(), decode(&text[at + 1..])?))
    };
    move |a, b| split(a).is_some() && split(a) == split(b)
}
