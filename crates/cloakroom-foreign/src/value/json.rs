//! JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::Refusal;
use crate::limits::NESTING_MAX;

/// The value of a JSON text.
///
/// Python and JavaScript also write halves of surrogate pairs, and Python `NaN`, which no Unicode text and no JSON hold: those
/// are refused.
pub(crate) fn from_json(text: &[u8]) -> Result<Value, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Plain { depth_left: NESTING_MAX }.deserialize(&mut deserializer).map_err(refusal)?;
    deserializer.end().map_err(refusal)?;
    Ok(value)
}

/// JSON of a known shape, around what a system put in.
pub(crate) fn shaped<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(text).map_err(refusal)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of `map_err`")]
fn refusal(error: serde_json::Error) -> Refusal {
    // The only message of our own: everything else is the parser's, which stops at a depth of its own further down.
    if error.to_string().starts_with(TOO_DEEP) { Refusal::TooLarge } else { Refusal::Undecodable }
}

const TOO_DEEP: &str = "nested too deep";

/// Reads one value, with so many levels left below it.
#[derive(Clone, Copy)]
struct Plain {
    depth_left: usize,
}

impl Plain {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom(TOO_DEEP))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Plain {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = BTreeMap::new();
        while let Some(name) = map.next_key()? {
            values.insert(name, map.next_value_seed(below)?);
        }
        Ok(Value::Map(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_stops_at_the_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(from_json(nested(NESTING_MAX).as_bytes()).is_ok());
        assert_eq!(from_json(nested(NESTING_MAX + 1).as_bytes()), Err(Refusal::TooLarge));
        // A text that is not even closed does not get further than a closed one.
        assert_eq!(from_json("[".repeat(100_000).as_bytes()), Err(Refusal::TooLarge));
    }

    #[test]
    fn numbers_texts_and_names_that_stand_twice_are_read_as_javascript_does() {
        let value = from_json("{\"a\":1,\"b\":-0.5,\"c\":\"\\u00e9\",\"a\":18446744073709551615}".as_bytes());
        let expected = Value::Map(BTreeMap::from([
            ("a".to_owned(), Value::Integer(u64::MAX.into())),
            ("b".to_owned(), Value::Float(-0.5)),
            ("c".to_owned(), Value::Text("\u{e9}".to_owned())),
        ]));
        assert!(value == Ok(expected));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "1 2", "NaN", "\"\\ud800\"", "\u{80}\u{4}\u{95}"] {
            assert_eq!(from_json(text.as_bytes()), Err(Refusal::Undecodable), "{text:?}");
        }
    }
}
