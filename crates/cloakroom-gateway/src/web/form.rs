//! Fields of a form or query, read so that no two readers can disagree.

use percent_encoding::percent_decode;
use thiserror::Error;
use zeroize::Zeroizing;

/// The fields of one `application/x-www-form-urlencoded` text.
///
/// Values may be passwords, so they are wiped on drop and the type is not `Debug`.
#[derive(Default)]
pub(crate) struct Fields(Vec<(String, Zeroizing<String>)>);

/// A form cannot be read, lacks a field or gives it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum FieldError {
    /// The text is not UTF-8.
    #[error("the form is not UTF-8")]
    NotText,
    /// The field is missing.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// The field occurs more than once.
    #[error("the field {0} occurs more than once")]
    Repeated(&'static str),
}

impl Fields {
    /// Reads the fields, each decoded once.
    ///
    /// # Errors
    /// [`FieldError::NotText`] for octets that are no UTF-8: replacing them would make two passwords one.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, FieldError> {
        let pairs = text.split(|octet| *octet == b'&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| {
            let mut halves = pair.splitn(2, |octet| *octet == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            Ok((half()?, Zeroizing::new(half()?)))
        });
        fields.collect::<Result<_, _>>().map(Self)
    }

    /// The one value of a field.
    ///
    /// # Errors
    /// [`FieldError`] when it is missing or given twice.
    pub(crate) fn one(&self, name: &'static str) -> Result<&str, FieldError> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(FieldError::Missing(name)),
            (Some(_), Some(_)) => Err(FieldError::Repeated(name)),
        }
    }

    /// The value of a field that may be left out.
    ///
    /// # Errors
    /// [`FieldError`] when it is given twice.
    pub(crate) fn at_most_one(&self, name: &'static str) -> Result<Option<&str>, FieldError> {
        match self.one(name) {
            Err(FieldError::Missing(_)) => Ok(None),
            value => value.map(Some),
        }
    }

    /// The first value of a field that nothing depends on, such as what a list is narrowed by.
    pub(crate) fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// Whether a field is there, whatever it says.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The names of all fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

fn decode(half: &[u8]) -> Result<String, FieldError> {
    let spaced: Zeroizing<Vec<u8>> =
        Zeroizing::new(half.iter().map(|octet| if *octet == b'+' { b' ' } else { *octet }).collect());
    let decoded = percent_decode(&spaced).decode_utf8().map_err(|_| FieldError::NotText)?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_decoded_once_and_kept_octet_for_octet() {
        let fields = Fields::parse("password=%20p%C3%A4ss+w%2500rd%20&next=%2Fa".as_bytes()).unwrap();
        assert_eq!(fields.one("password"), Ok(" päss w%00rd "));
        assert_eq!(fields.one("next"), Ok("/a"));
    }

    #[test]
    fn a_field_given_twice_is_no_value() {
        let fields = Fields::parse(b"a=1&a=1&b=").unwrap();
        assert_eq!(fields.one("a"), Err(FieldError::Repeated("a")));
        assert_eq!(fields.one("b"), Ok(""));
        assert_eq!(fields.one("c"), Err(FieldError::Missing("c")));
        let at_most_one = ["a", "b", "c"].map(|name| fields.at_most_one(name));
        assert_eq!(at_most_one, [Err(FieldError::Repeated("a")), Ok(Some("")), Ok(None)]);
        assert_eq!(
            ["a", "b", "c"].map(|name| (fields.first(name), fields.has(name))),
            [(Some("1"), true), (Some(""), true), (None, false)]
        );
    }

    #[test]
    fn octets_that_are_no_text_are_refused() {
        assert!(matches!(Fields::parse(b"password=%ff"), Err(FieldError::NotText)));
    }
}
