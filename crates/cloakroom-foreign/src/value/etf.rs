//! Erlang's external term format, in which Plug writes sessions.
//!
//! Numbers, atoms, binaries, tuples, lists and maps are data. Functions, processes, ports and references are refused, and
//! so are compressed terms, which Plug does not write. A struct is a map like another.

use std::collections::BTreeMap;

use super::Value;
use super::reader::{Depth, Reader};
use crate::Refusal;

const VERSION: u8 = 131;

/// The value of a term.
pub(crate) fn from_etf(octets: &[u8]) -> Result<Value, Refusal> {
    let mut reader = Reader::new(octets);
    if reader.octet()? != VERSION {
        return Err(Refusal::Undecodable);
    }
    let value = term(&mut reader, Depth::full())?;
    reader.finish()?;
    Ok(value)
}

fn term(reader: &mut Reader<'_>, depth: Depth) -> Result<Value, Refusal> {
    match reader.octet()? {
        b'a' => Ok(Value::Integer(reader.octet()?.into())),
        b'b' => Ok(Value::Integer(i32::from_be_bytes(reader.array()?).into())),
        b'F' => Ok(Value::Float(f64::from_be_bytes(reader.array()?))),
        b'n' => big(reader),
        b'w' => octet_count(reader).and_then(|count| atom(reader.take(count)?)),
        b'v' => reader.u16().and_then(|count| atom(reader.take(count)?)),
        b's' => octet_count(reader).and_then(|count| latin_atom(reader.take(count)?)),
        b'd' => reader.u16().and_then(|count| latin_atom(reader.take(count)?)),
        b'm' => reader.u32().and_then(|count| Ok(Value::from_octets(reader.take(count)?))),
        // A list of small numbers, which Erlang cannot tell from a text.
        b'k' => reader.u16().and_then(|count| {
            Ok(Value::List(reader.take(count)?.iter().map(|octet| Value::Integer((*octet).into())).collect()))
        }),
        b'j' => Ok(Value::List(Vec::new())),
        b'l' => list(reader, depth.below()?),
        b'h' => octet_count(reader).and_then(|count| terms(reader, count, depth.below()?)).map(Value::List),
        b'i' => reader.u32().and_then(|count| terms(reader, count, depth.below()?)).map(Value::List),
        b't' => map(reader, depth.below()?),
        _ => Err(Refusal::Unsupported),
    }
}

fn octet_count(reader: &mut Reader<'_>) -> Result<usize, Refusal> {
    reader.octet().map(usize::from)
}

fn terms(reader: &mut Reader<'_>, count: usize, depth: Depth) -> Result<Vec<Value>, Refusal> {
    // No room is made ahead: the count is the cookie's word, and each term takes an octet at least.
    (0..count).map(|_| term(reader, depth)).collect()
}

fn list(reader: &mut Reader<'_>, depth: Depth) -> Result<Value, Refusal> {
    let count = reader.u32()?;
    let values = terms(reader, count, depth)?;
    if reader.octet()? == b'j' { Ok(Value::List(values)) } else { Err(Refusal::Unsupported) }
}

fn map(reader: &mut Reader<'_>, depth: Depth) -> Result<Value, Refusal> {
    let count = reader.u32()?;
    let mut values = BTreeMap::new();
    for _ in 0..count {
        let Value::Text(name) = term(reader, depth)? else { return Err(Refusal::Unsupported) };
        values.insert(name, term(reader, depth)?);
    }
    Ok(Value::Map(values))
}

fn atom(name: &[u8]) -> Result<Value, Refusal> {
    match name {
        b"true" => Ok(Value::Bool(true)),
        b"false" => Ok(Value::Bool(false)),
        b"nil" => Ok(Value::Null),
        _ => str::from_utf8(name).map(|name| Value::Text(name.to_owned())).map_err(|_| Refusal::Undecodable),
    }
}

fn latin_atom(name: &[u8]) -> Result<Value, Refusal> {
    let name: String = name.iter().copied().map(char::from).collect();
    atom(name.as_bytes())
}

/// A number of up to 15 octets, the lowest first, after its sign.
fn big(reader: &mut Reader<'_>) -> Result<Value, Refusal> {
    const OCTETS_MAX: usize = 15;
    let count = octet_count(reader)?;
    let is_negative = reader.octet()? != 0;
    let octets = reader.take(count)?;
    if count > OCTETS_MAX {
        return Err(Refusal::TooLarge);
    }
    let magnitude = octets.iter().rev().fold(0_i128, |number, octet| number << 8 | i128::from(*octet));
    Ok(Value::Integer(if is_negative { -magnitude } else { magnitude }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::NESTING_MAX;
    use crate::value::samples::{sample, samples};

    /// What `term_to_binary` of Erlang/OTP 25 wrote.
    const WRITTEN: &str = include_str!("../../tests/data/etf.txt");

    #[test]
    fn plain_terms_of_erlang_are_read_as_they_were_written() {
        let value = from_etf(&sample(WRITTEN, "all")).expect("plain data");
        let text = |text: &str| Value::Text(text.to_owned());
        for (name, expected) in [
            ("user_id", Value::Integer(42)),
            ("token", Value::Octets(vec![255, 0, 1])),
            ("atom", text("admin")),
            ("neg", Value::Integer(-7)),
            ("i", Value::Integer(100_000)),
            ("big", Value::Integer(5_000_000_000)),
            ("bigneg", Value::Integer(-(1 << 70))),
            ("f", Value::Float(1.5)),
            ("list", Value::List(vec![Value::Integer(1), text("a"), Value::List(Vec::new())])),
            ("chars", Value::List(vec![Value::Integer(1), Value::Integer(2)])),
            ("tuple", Value::List(vec![text("a"), text("b")])),
            ("t", Value::Bool(true)),
            ("no", Value::Bool(false)),
            ("nil", Value::Null),
        ] {
            assert!(value.get(name) == Some(&expected), "{name}");
        }
        assert!(from_etf(&sample(WRITTEN, "empty")) == Ok(Value::Map(BTreeMap::new())));
        let pair = Value::List(vec![text("ok"), Value::Bool(true)]);
        assert!(from_etf(&sample(WRITTEN, "utf8atoms")) == Ok(pair));
    }

    #[test]
    fn terms_that_are_no_data_are_refused() {
        for name in ["improper", "pid", "fun", "closure", "ref", "intkey", "compressed"] {
            assert_eq!(from_etf(&sample(WRITTEN, name)), Err(Refusal::Unsupported), "{name}");
        }
        assert_eq!(from_etf(&sample(WRITTEN, "huge")), Err(Refusal::TooLarge));
    }

    #[test]
    fn terms_stop_at_the_limit_of_nesting_and_at_their_end() {
        let nested = |depth: usize| [&[VERSION][..], &b"h\x01".repeat(depth), b"j"].concat();
        assert!(from_etf(&nested(NESTING_MAX)).is_ok());
        assert_eq!(from_etf(&nested(NESTING_MAX + 1)), Err(Refusal::TooLarge));
        assert_eq!(from_etf(&[VERSION, b'l', 255, 255, 255, 255]), Err(Refusal::Undecodable));
        for (name, octets) in samples(WRITTEN) {
            for end in 0..octets.len() {
                assert!(from_etf(&octets[..end]).is_err(), "{name} until {end}");
            }
        }
    }
}
