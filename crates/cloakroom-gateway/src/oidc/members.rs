//! The members of a JSON object that a provider has signed or sent, each name once.
//!
//! Two readers of an object that has a name twice may each believe another of its values.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use crate::oidc::Flaw;

/// More members than this has no object that is about one user.
const MEMBERS_MAX: usize = 256;

/// The most octets of a text that decides something.
pub(super) const TEXT_MAX: usize = 255;

/// The members of one object.
#[derive(Debug, Default)]
pub(crate) struct Members(BTreeMap<String, Value>);

impl Members {
    /// Reads one object and nothing behind it.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Flaw> {
        serde_json::from_slice(json).map_err(|_| Flaw::NotAnObject)
    }

    /// A member as it is.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text of any length, if there is one.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&str>, Flaw> {
        self.get(name).map(|value| value.as_str().ok_or(Flaw::Wrong(name))).transpose()
    }

    /// A text that tells one thing from another: 1 to 255 visible octets of ASCII.
    ///
    /// Blanks are refused, since databases ignore some of them when they compare.
    pub(crate) fn identifier(&self, name: &'static str) -> Result<Option<&str>, Flaw> {
        let is_good = |text: &str| {
            (1..=TEXT_MAX).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic())
        };
        match self.text(name)? {
            Some(text) if !is_good(text) => Err(Flaw::Wrong(name)),
            other => Ok(other),
        }
    }

    /// [`Members::identifier`], which has to be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Flaw> {
        self.identifier(name)?.ok_or(Flaw::Missing(name))
    }

    /// Seconds since 1970, if they are there. Fractions, which RFC 7519 allows, are cut off.
    pub(super) fn seconds(&self, name: &'static str) -> Result<Option<u64>, Flaw> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let whole = value.as_u64().or_else(|| {
            let number = value.as_f64().filter(|number| (0.0..1e12).contains(number))?;
            format!("{}", number.trunc()).parse().ok()
        });
        whole.filter(|seconds| *seconds < 1_000_000_000_000).map(Some).ok_or(Flaw::Wrong(name))
    }

    /// Texts of a list, or one text alone.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() || members.len() > MEMBERS_MAX {
                return Err(A::Error::custom("a name twice, or too many"));
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_there_twice_is_refused() {
        assert!(Members::read(br#"{"a":1,"b":{"a":1}}"#).is_ok());
        for json in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, "[]", "1", "", "{} {}"] {
            assert!(Members::read(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn what_identifies_is_visible_and_short() {
        let read = |json: &str| Members::read(json.as_bytes()).unwrap().required("sub").map(str::to_owned);
        assert_eq!(read(r#"{"sub":"a|b"}"#).unwrap(), "a|b");
        for json in
            [r#"{"sub":"a "}"#, r#"{"sub":""}"#, r#"{"sub":1}"#, r#"{"sub":"\u0000"}"#, r#"{"sub":"é"}"#]
        {
            assert_eq!(read(json), Err(Flaw::Wrong("sub")), "{json}");
        }
        assert_eq!(read(r#"{"sub":null}"#), Err(Flaw::Missing("sub")));
    }

    #[test]
    fn times_are_whole_seconds_or_have_fractions_and_nothing_else() {
        let read = |json: &str| Members::read(json.as_bytes()).unwrap().seconds("exp");
        assert_eq!(read(r#"{"exp":1700000000}"#), Ok(Some(1_700_000_000)));
        assert_eq!(read(r#"{"exp":1700000000.9}"#), Ok(Some(1_700_000_000)));
        for json in [r#"{"exp":-1}"#, r#"{"exp":"1"}"#, r#"{"exp":1e300}"#, r#"{"exp":18446744073709551615}"#]
        {
            assert_eq!(read(json), Err(Flaw::Wrong("exp")), "{json}");
        }
    }
}
