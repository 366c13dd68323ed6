//! Values on their way to a database, and rows on their way back.

/// A value of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// Nothing.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Octets.
    Octets(Vec<u8>),
}

/// A row of an answer.
#[derive(Clone, Debug)]
pub struct Record(Vec<Datum>);

impl Record {
    pub(crate) const fn new(columns: Vec<Datum>) -> Self {
        Self(columns)
    }

    /// The whole number in a column, counted from 0; `None` where there is none.
    pub fn number(&self, column: usize) -> Option<i64> {
        match self.0.get(column) {
            Some(Datum::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The text in a column, counted from 0; `None` where there is none.
    pub fn text(&self, column: usize) -> Option<&str> {
        match self.0.get(column) {
            Some(Datum::Text(text)) => Some(text),
            // MySQL does not tell texts from octets.
            Some(Datum::Octets(octets)) => std::str::from_utf8(octets).ok(),
            _ => None,
        }
    }

    /// The octets in a column, counted from 0; `None` where there are none.
    pub fn octets(&self, column: usize) -> Option<&[u8]> {
        match self.0.get(column) {
            Some(Datum::Octets(octets)) => Some(octets),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_as_what_it_is() {
        let columns =
            [Datum::Number(7), Datum::Text("a".into()), Datum::Octets(vec![b'b', 0xff]), Datum::Null];
        let record = Record::new(columns.into());
        assert_eq!(
            (record.number(0), record.text(1), record.octets(2)),
            (Some(7), Some("a"), Some(&b"b\xff"[..]))
        );
        assert_eq!(
            (record.text(0), record.number(1), record.text(2), record.octets(1)),
            (None, None, None, None)
        );
        assert_eq!((record.number(3), record.text(3), record.number(9)), (None, None, None));
    }
}
