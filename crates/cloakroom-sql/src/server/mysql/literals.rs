//! Values in MySQL's two protocols: as parameters, and as text.

use std::fmt::Write;

use mysql_async::Value as Column;

use crate::server::value::Value;
use crate::template::{Piece, pieces};

/// The value as a parameter of a prepared statement.
pub(super) fn parameter(value: &Value) -> Column {
    match value {
        Value::Number(number) => Column::Int(*number),
        Value::Id(id) => Column::Bytes(id.as_octets().to_vec()),
        // A prepared statement has no lists; `dialect` gives them to none.
        Value::Ids(_) | Value::Null => Column::NULL,
        Value::Subject(subject) => subject
            .as_ref()
            .map_or(Column::NULL, |subject| Column::Bytes(subject.as_str().as_bytes().to_vec())),
        Value::Address(address) => {
            address.map_or(Column::NULL, |address| Column::Bytes(address.to_string().into_bytes()))
        }
        Value::Text(text) => Column::Bytes(text.as_bytes().to_vec()),
        Value::Octets(octets) => Column::Bytes(octets.to_vec()),
    }
}

/// Writes the statement with the values in it.
///
/// # Security
/// A value is written as a number, or as hexadecimal digits between quotes: nothing in it can end the literal, in no mode
/// and no character set of the server.
pub(super) fn write_statement(text: &mut String, statement: &str, values: &[Value]) {
    for piece in pieces(statement) {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Parameter(index) => write_literal(text, &values[index]),
        }
    }
}

fn write_literal(text: &mut String, value: &Value) {
    match value {
        Value::Number(number) => {
            // Writing to a string does not fail.
            let _ = write!(text, "{number}");
        }
        Value::Id(id) => write_octets(text, id.as_octets()),
        Value::Ids(ids) => {
            for (place, id) in ids.iter().enumerate() {
                text.push_str(if place == 0 { "(" } else { ", " });
                write_octets(text, id.as_octets());
            }
            text.push(')');
        }
        Value::Subject(Some(subject)) => write_octets(text, subject.as_str().as_bytes()),
        Value::Address(Some(address)) => write_octets(text, address.to_string().as_bytes()),
        Value::Text(value) => write_octets(text, value.as_bytes()),
        Value::Subject(None) | Value::Address(None) | Value::Null => text.push_str("NULL"),
        Value::Octets(octets) => write_octets(text, octets),
    }
}

fn write_octets(text: &mut String, octets: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.push_str("x'");
    for octet in octets {
        text.push(DIGITS[usize::from(octet >> 4)].into());
        text.push(DIGITS[usize::from(octet & 15)].into());
    }
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use cloakroom_core::store::RowBody;
    use cloakroom_core::{SessionId, Subject};

    use super::*;

    #[test]
    fn no_value_can_end_its_literal() {
        let subject = Subject::new("' OR ''='\\").unwrap();
        let values = [
            Value::Subject(Some(subject)),
            Value::Number(-7),
            Value::Ids(vec![SessionId::from_octets([1; 16]), SessionId::from_octets([2; 16])]),
            Value::Octets(RowBody::new()),
            Value::Subject(None),
        ];
        let mut text = String::new();
        write_statement(&mut text, "$1, $2, $3, $4, $5", &values);
        assert_eq!(
            text,
            "x'27204f522027273d275c', -7, (x'01010101010101010101010101010101', \
             x'02020202020202020202020202020202'), x'', NULL"
        );
    }
}
