//! Reads a JSON object strictly: each name once, a bounded number of them, nothing after it.
//!
//! Two readers of an object that has a name twice may each believe another of its values, and so disagree about who is
//! meant. Objects inside of it are skipped unread.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use smallvec::SmallVec;
use thiserror::Error;

/// More members than this has no object of ours.
const MEMBERS_MAX: usize = 32;

/// What is wrong with a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Flaw {
    /// It is no base64url without padding.
    #[error("is not base64url")]
    NotBase64Url,
    /// It is no JSON object, or something follows it.
    #[error("is not one JSON object")]
    NotJson,
    /// A name stands there twice.
    #[error("has a member twice")]
    Duplicate,
    /// It has too many members.
    #[error("has more than {MEMBERS_MAX} members")]
    TooManyMembers,
    /// A member is missing.
    #[error("has no member `{0}`")]
    Missing(&'static str),
    /// A member is not of its type or within its bounds.
    #[error("has a member `{0}` of another type or out of bounds")]
    Wrong(&'static str),
}

/// A kind of object: the members that it reads, and where they go.
pub(crate) trait Object<'de>: Default {
    /// The names that it knows. All others are skipped.
    const NAMES: &'static [&'static str];

    /// Reads the value of the member `NAMES[index]`.
    fn read<A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;
}

/// Reads the one object that `json` is.
pub(crate) fn read<'de, T: Object<'de>>(json: &'de [u8]) -> Result<T, Flaw> {
    let flaw = Cell::new(Flaw::NotJson);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = Strict { object: T::default(), flaw: &flaw }.deserialize(&mut deserializer);
    let object = read.map_err(|_| flaw.get())?;
    deserializer.end().map_err(|_| Flaw::NotJson)?;
    Ok(object)
}

struct Strict<'c, T> {
    object: T,
    /// Why reading failed; serde's errors are texts.
    flaw: &'c Cell<Flaw>,
}

impl<'de, T: Object<'de>> DeserializeSeed<'de> for Strict<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Object<'de>> Visitor<'de> for Strict<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<T, A::Error> {
        let refused = |flaw| {
            self.flaw.set(flaw);
            A::Error::custom("refused")
        };
        let mut seen: SmallVec<[Cow<'de, str>; 16]> = SmallVec::new();
        while let Some(Text(name)) = map.next_key()? {
            if seen.contains(&name) {
                return Err(refused(Flaw::Duplicate));
            }
            if seen.len() == MEMBERS_MAX {
                return Err(refused(Flaw::TooManyMembers));
            }
            if let Some(index) = T::NAMES.iter().position(|known| *known == name) {
                self.object.read(index, &mut map).map_err(|_| refused(Flaw::Wrong(T::NAMES[index])))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            seen.push(name);
        }
        Ok(self.object)
    }
}

/// A text, borrowed from the input where it has no escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct One<'a>(Option<Text<'a>>);

    impl<'de> Object<'de> for One<'de> {
        const NAMES: &'static [&'static str] = &["a"];

        fn read<A: MapAccess<'de>>(&mut self, _: usize, map: &mut A) -> Result<(), A::Error> {
            self.0 = Some(map.next_value()?);
            Ok(())
        }
    }

    fn flaw(json: &str) -> Flaw {
        read::<One<'_>>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn an_object_is_read_whatever_else_is_in_it() {
        let read = read::<One<'_>>(br#" {"b":{"a":1,"a":2},"a":"x\u0041","c":null} "#).unwrap();
        assert_eq!(read, One(Some(Text("xA".into()))));
    }

    #[test]
    fn a_name_that_stands_there_twice_is_refused_however_it_is_written() {
        for json in [r#"{"a":"x","a":"x"}"#, r#"{"a":"x","\u0061":"y"}"#, r#"{"b":1,"a":"x","b":2}"#] {
            assert_eq!(flaw(json), Flaw::Duplicate, "{json}");
        }
    }

    #[test]
    fn what_is_no_object_of_texts_is_refused() {
        for json in ["", "1", "[]", "null", r#"{"a":"x""#, r#"{"a":"x"}{}"#, r#"{"a":"x"} x"#, r#"{"b":1,}"#]
        {
            assert_eq!(flaw(json), Flaw::NotJson, "{json}");
        }
        for json in [r#"{"a":1}"#, r#"{"a":null}"#, r#"{"a":["x"]}"#] {
            assert_eq!(flaw(json), Flaw::Wrong("a"), "{json}");
        }
    }

    #[test]
    fn members_are_counted() {
        let members = |count: usize| {
            let members: Vec<String> = (0..count).map(|number| format!("\"b{number}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(read::<One<'_>>(members(MEMBERS_MAX).as_bytes()).is_ok());
        assert_eq!(flaw(&members(MEMBERS_MAX + 1)), Flaw::TooManyMembers);
    }
}
