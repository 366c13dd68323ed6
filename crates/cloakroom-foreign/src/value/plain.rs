//! Session data as plain values.

use std::collections::BTreeMap;
use std::fmt;

/// Session data of another system: what its serialization holds, and no more than plain data.
///
/// JSON covers most systems. Octets that are not text come from Elixir, Ruby and Go; an atom or a symbol is its name, and a
/// tuple a list.
///
/// # Security
/// `Debug` shows shapes and never contents: sessions hold tokens of the old system.
///
/// ```
/// # use std::collections::BTreeMap;
/// use cloakroom_foreign::Value;
///
/// let session = Value::Map(BTreeMap::from([("user_id".to_owned(), Value::Integer(42))]));
/// assert_eq!(session.get("user_id").and_then(Value::as_integer), Some(42));
/// assert_eq!(format!("{session:?}"), "Map(1)");
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `null`, `nil`, `None`.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number. One that does not fit is a [`Value::Float`] in JSON, and refused elsewhere.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text; also an atom or a symbol.
    Text(String),
    /// Octets that are not UTF-8, or that the system calls so.
    Octets(Vec<u8>),
    /// A list, an array, a tuple.
    List(Vec<Value>),
    /// A map by names. Of a name that stands twice, the last counts, as in all these systems.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The value of a name, when this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(name),
            _ => None,
        }
    }

    /// The text, when this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when this is a whole number.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The octets of octets or of text: systems that know no difference write random tokens as either.
    pub fn as_octets(&self) -> Option<&[u8]> {
        match self {
            Self::Octets(octets) => Some(octets),
            Self::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The values of a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }

    /// Text where the octets are UTF-8, octets where they are not.
    pub(crate) fn from_octets(octets: &[u8]) -> Self {
        match str::from_utf8(octets) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Octets(octets.to_vec()),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => write!(f, "Null"),
            Self::Bool(_) => write!(f, "Bool"),
            Self::Integer(_) => write!(f, "Integer"),
            Self::Float(_) => write!(f, "Float"),
            Self::Text(text) => write!(f, "Text({})", text.len()),
            Self::Octets(octets) => write!(f, "Octets({})", octets.len()),
            Self::List(values) => write!(f, "List({})", values.len()),
            Self::Map(map) => write!(f, "Map({})", map.len()),
        }
    }
}
