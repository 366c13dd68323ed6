//! Go's gob, as far as it is plain data.
//!
//! gorilla/sessions writes a `map[interface{}]interface{}`, and its stores a string. Both are read, with booleans, numbers,
//! strings, octets, and maps and slices of them. A type that the application registered is refused.

use std::collections::BTreeMap;

use super::Value;
use super::reader::{Depth, Reader};
use crate::Refusal;

/// The value of a gob stream that holds one value.
pub(crate) fn from_gob(octets: &[u8]) -> Result<Value, Refusal> {
    let mut decoder = Decoder { reader: Reader::new(octets), types: BTreeMap::new() };
    // The length of the first message: messages end where their content does.
    decoder.count()?;
    let of = decoder.type_of_next()?;
    let value = decoder.whole(of, Depth::full())?;
    decoder.reader.finish()?;
    Ok(value)
}

/// A type by the number that the stream knows it by.
type TypeId = i128;

mod basic {
    use super::TypeId;

    pub(super) const BOOL: TypeId = 1;
    pub(super) const INT: TypeId = 2;
    pub(super) const UINT: TypeId = 3;
    pub(super) const FLOAT: TypeId = 4;
    pub(super) const OCTETS: TypeId = 5;
    pub(super) const STRING: TypeId = 6;
    pub(super) const INTERFACE: TypeId = 8;
}

/// A type that the stream defines.
#[derive(Clone, Copy)]
enum Composed {
    Slice(TypeId),
    Map { name: TypeId, value: TypeId },
}

struct Decoder<'a> {
    reader: Reader<'a>,
    types: BTreeMap<TypeId, Composed>,
}

impl Decoder<'_> {
    /// The type of the value that follows, after the definitions in front of it.
    fn type_of_next(&mut self) -> Result<TypeId, Refusal> {
        loop {
            let id = self.int()?;
            if id >= 0 {
                return Ok(id);
            }
            self.definition(-id)?;
            // The length of the next message.
            self.count()?;
        }
    }

    /// A definition is a struct of which one field is set: which kind of type it is, and for that its parts.
    fn definition(&mut self, id: TypeId) -> Result<(), Refusal> {
        const SLICE: u128 = 2;
        const MAP: u128 = 4;
        let kind = self.uint()?;
        let composed = match kind {
            SLICE => {
                let [value] = self.parts()?;
                Composed::Slice(value)
            }
            MAP => {
                let [name, value] = self.parts()?;
                Composed::Map { name, value }
            }
            _ => return Err(Refusal::Unsupported),
        };
        self.end_of_struct()?;
        self.types.insert(id, composed);
        Ok(())
    }

    /// The types that a type is made of, after its own name and number.
    fn parts<const N: usize>(&mut self) -> Result<[TypeId; N], Refusal> {
        const NEXT_FIELD: u128 = 1;
        if self.uint()? != NEXT_FIELD {
            return Err(Refusal::Undecodable);
        }
        let mut field = 0;
        loop {
            let step = self.uint()?;
            field += step;
            match (step, field) {
                (0, _) => break,
                (_, 1) => self.octets().map(|_| ())?,
                (_, 2) => self.int().map(|_| ())?,
                _ => return Err(Refusal::Undecodable),
            }
        }
        let mut parts = [0; N];
        for part in &mut parts {
            if self.uint()? != NEXT_FIELD {
                return Err(Refusal::Undecodable);
            }
            *part = self.int()?;
        }
        self.end_of_struct()?;
        Ok(parts)
    }

    fn end_of_struct(&mut self) -> Result<(), Refusal> {
        if self.reader.octet()? == 0 { Ok(()) } else { Err(Refusal::Undecodable) }
    }

    /// A value that stands for itself, behind a zero since it is no struct.
    fn whole(&mut self, of: TypeId, depth: Depth) -> Result<Value, Refusal> {
        self.end_of_struct()?;
        self.value(of, depth)
    }

    fn value(&mut self, of: TypeId, depth: Depth) -> Result<Value, Refusal> {
        match of {
            basic::BOOL => Ok(Value::Bool(self.uint()? != 0)),
            basic::INT => self.int().map(Value::Integer),
            basic::UINT => {
                let number = i128::try_from(self.uint()?).map_err(|_| Refusal::Undecodable)?;
                Ok(Value::Integer(number))
            }
            basic::FLOAT => self.float().map(Value::Float),
            basic::OCTETS => Ok(Value::Octets(self.octets()?.to_vec())),
            basic::STRING => Ok(Value::from_octets(self.octets()?)),
            basic::INTERFACE => self.interface(depth.below()?),
            composed => match self.types.get(&composed).copied().ok_or(Refusal::Unsupported)? {
                Composed::Slice(value) => self.slice(value, depth.below()?),
                Composed::Map { name, value } => self.map(name, value, depth.below()?),
            },
        }
    }

    /// A value with its type: its name, its number, its length, itself.
    fn interface(&mut self, depth: Depth) -> Result<Value, Refusal> {
        if self.octets()?.is_empty() {
            return Ok(Value::Null);
        }
        let of = self.type_of_next()?;
        self.count()?;
        self.whole(of, depth)
    }

    fn slice(&mut self, of: TypeId, depth: Depth) -> Result<Value, Refusal> {
        // No room is made ahead: the count is the cookie's word, and each value takes an octet at least.
        let count = self.count()?;
        (0..count).map(|_| self.value(of, depth)).collect::<Result<_, _>>().map(Value::List)
    }

    fn map(&mut self, name: TypeId, value: TypeId, depth: Depth) -> Result<Value, Refusal> {
        let mut values = BTreeMap::new();
        for _ in 0..self.count()? {
            let Value::Text(name) = self.value(name, depth)? else { return Err(Refusal::Unsupported) };
            values.insert(name, self.value(value, depth)?);
        }
        Ok(Value::Map(values))
    }

    fn octets(&mut self) -> Result<&[u8], Refusal> {
        let count = self.count()?;
        self.reader.take(count)
    }

    fn count(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.uint()?).map_err(|_| Refusal::Undecodable)
    }

    /// A number below 128, or how many octets the number has, negated, and those.
    fn uint(&mut self) -> Result<u128, Refusal> {
        const OCTETS_MAX: u8 = 8;
        let first = self.reader.octet()?;
        if first < 128 {
            return Ok(first.into());
        }
        let count = first.wrapping_neg();
        if count > OCTETS_MAX {
            return Err(Refusal::Undecodable);
        }
        let octets = self.reader.take(count.into())?;
        Ok(octets.iter().fold(0, |number, octet| number << 8 | u128::from(*octet)))
    }

    /// A number whose lowest bit says whether the others are inverted.
    fn int(&mut self) -> Result<i128, Refusal> {
        let folded = self.uint()?;
        let number = i128::try_from(folded >> 1).map_err(|_| Refusal::Undecodable)?;
        Ok(if folded & 1 == 0 { number } else { !number })
    }

    /// The octets of a float, the lowest first, so that round numbers are short.
    fn float(&mut self) -> Result<f64, Refusal> {
        let bits = u64::try_from(self.uint()?).map_err(|_| Refusal::Undecodable)?;
        Ok(f64::from_bits(bits.swap_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::NESTING_MAX;
    use crate::value::samples::{sample, samples};

    /// What `encoding/gob` of Go 1.19 wrote.
    const WRITTEN: &str = include_str!("../../tests/data/gob.txt");

    #[test]
    fn plain_data_of_go_is_read_as_it_was_written() {
        let value = from_gob(&sample(WRITTEN, "all")).expect("plain data");
        for (name, expected) in [
            ("user_id", Value::Integer(42)),
            ("name", Value::Text("h\u{e9}llo".to_owned())),
            ("admin", Value::Bool(true)),
            ("no", Value::Bool(false)),
            ("ratio", Value::Float(1.5)),
            ("big", Value::Integer(-5_000_000_000)),
            ("blob", Value::Octets(vec![0, 255, 1])),
            ("u", Value::Integer(300)),
            ("i32", Value::Integer(-7)),
            ("f32", Value::Float(0.25)),
            ("n", Value::Integer(0)),
        ] {
            assert!(value.get(name) == Some(&expected), "{name}");
        }
        let nested = from_gob(&sample(WRITTEN, "nested")).expect("plain data");
        let list = Value::List(vec![Value::Text("q".to_owned()), Value::Integer(2)]);
        assert!(nested.get("m").and_then(|map| map.get("l")) == Some(&list));
        assert!(from_gob(&sample(WRITTEN, "nil")).expect("plain data").get("a") == Some(&Value::Null));
        assert!(from_gob(&sample(WRITTEN, "bytes")) == Ok(Value::Octets(vec![1, 2, 3])));
        assert!(from_gob(&sample(WRITTEN, "float")) == Ok(Value::Float(1.5)));
        let map = from_gob(&sample(WRITTEN, "anymap")).expect("plain data");
        assert!(map.get("i") == Some(&Value::Integer(-3)));
        let map = from_gob(&sample(WRITTEN, "strmap")).expect("plain data");
        assert_eq!(map.get("a").and_then(Value::as_text), Some("b"));
    }

    #[test]
    fn a_type_of_the_application_and_a_name_that_is_no_text_are_refused() {
        for name in ["struct", "intkey"] {
            assert_eq!(from_gob(&sample(WRITTEN, name)), Err(Refusal::Unsupported), "{name}");
        }
    }

    #[test]
    fn streams_stop_at_the_limit_of_nesting_and_at_their_end() {
        // Slices of themselves: type 65 is `[]65`.
        let definition = [0x0C, 0xFF, 0x81, 2, 1, 2, 0xFF, 0x82, 0, 1, 0xFF, 0x82, 0, 0];
        let nested =
            |depth: usize| [&definition[..], &[4, 0xFF, 0x82, 0], &vec![1; depth - 1], &[0]].concat();
        assert!(from_gob(&nested(NESTING_MAX)).is_ok());
        assert_eq!(from_gob(&nested(NESTING_MAX + 1)), Err(Refusal::TooLarge));
        for (name, octets) in samples(WRITTEN) {
            for end in 0..octets.len() {
                assert!(from_gob(&octets[..end]).is_err(), "{name} until {end}");
            }
        }
    }
}
