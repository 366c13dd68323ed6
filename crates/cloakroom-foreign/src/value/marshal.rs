//! Ruby's Marshal, format 4.8, as far as it is plain data.
//!
//! Ruby makes objects of whatever classes a Marshal text names, and whoever can forge one runs code. Here nothing is made but
//! values: nil, booleans, numbers, strings, symbols, arrays and hashes. A text that names a class is refused whole. A link to
//! a string or number that stood before is followed; one to an array or a hash is refused, since such links nest.

use std::collections::BTreeMap;

use super::Value;
use super::reader::{Depth, Reader};
use crate::Refusal;
use crate::limits::INFLATED_BYTES_MAX;

/// What every text of the format begins with, and no JSON does.
pub(crate) const SIGNATURE: [u8; 2] = [4, 8];

/// The value of a Marshal text.
pub(crate) fn from_marshal(octets: &[u8]) -> Result<Value, Refusal> {
    let mut reader = Reader::new(octets);
    if reader.array()? != SIGNATURE {
        return Err(Refusal::Undecodable);
    }
    let mut decoder = Decoder { reader, symbols: Vec::new(), objects: Vec::new(), copied_bytes: 0 };
    let value = decoder.value(Depth::full())?;
    decoder.reader.finish()?;
    Ok(value)
}

struct Decoder<'a> {
    reader: Reader<'a>,
    /// Symbols by the order in which they stood.
    symbols: Vec<String>,
    /// Objects by the order in which they began; `None` for what is not linked to.
    objects: Vec<Option<Value>>,
    /// What links have copied, so that a short text of links does not become a long one.
    copied_bytes: usize,
}

impl Decoder<'_> {
    fn value(&mut self, depth: Depth) -> Result<Value, Refusal> {
        match self.reader.octet()? {
            b'0' => Ok(Value::Null),
            b'T' => Ok(Value::Bool(true)),
            b'F' => Ok(Value::Bool(false)),
            b'i' => Ok(Value::Integer(self.fixnum()?.into())),
            b':' => self.symbol().map(Value::Text),
            b';' => self.symbol_link().map(Value::Text),
            b'f' => self.float(),
            b'l' => self.bignum(),
            b'"' => self.string(),
            b'I' => self.string_with_encoding(depth.below()?),
            b'[' => self.array(depth.below()?),
            b'{' => self.hash(depth.below()?),
            b'}' => {
                let hash = self.hash(depth.below()?)?;
                // What the hash answers for a missing key is no part of a session.
                self.value(depth.below()?)?;
                Ok(hash)
            }
            b'@' => self.link(),
            _ => Err(Refusal::Unsupported),
        }
    }

    /// A number of Ruby's own variable length.
    fn fixnum(&mut self) -> Result<i64, Refusal> {
        let first = i8::from_be_bytes(self.reader.array()?);
        let count = match first {
            0 => return Ok(0),
            5.. => return Ok(i64::from(first) - 5),
            ..=-5 => return Ok(i64::from(first) + 5),
            _ => usize::from(first.unsigned_abs()),
        };
        let octets = self.reader.take(count)?;
        let number = octets.iter().rev().fold(0_i64, |number, octet| number << 8 | i64::from(*octet));
        // A negative number leaves out the octets that are all ones.
        Ok(if first < 0 { number - (1 << (8 * count)) } else { number })
    }

    fn count(&mut self) -> Result<usize, Refusal> {
        usize::try_from(self.fixnum()?).map_err(|_| Refusal::Undecodable)
    }

    fn octets(&mut self) -> Result<&[u8], Refusal> {
        let count = self.count()?;
        self.reader.take(count)
    }

    fn symbol(&mut self) -> Result<String, Refusal> {
        let name = str::from_utf8(self.octets()?).map_err(|_| Refusal::Unsupported)?.to_owned();
        self.symbols.push(name.clone());
        Ok(name)
    }

    fn symbol_link(&mut self) -> Result<String, Refusal> {
        let at = self.count()?;
        let name = self.symbols.get(at).cloned().ok_or(Refusal::Undecodable)?;
        self.copied(name.len())?;
        Ok(name)
    }

    fn float(&mut self) -> Result<Value, Refusal> {
        let text = str::from_utf8(self.octets()?).map_err(|_| Refusal::Undecodable)?;
        let value = Value::Float(text.parse().map_err(|_| Refusal::Undecodable)?);
        self.objects.push(Some(value.clone()));
        Ok(value)
    }

    /// A number of up to 14 octets, the lowest first, counted in pairs after its sign.
    fn bignum(&mut self) -> Result<Value, Refusal> {
        const PAIRS_MAX: usize = 7;
        let is_negative = self.reader.octet()? == b'-';
        let pairs = self.count()?;
        if pairs > PAIRS_MAX {
            return Err(Refusal::TooLarge);
        }
        let octets = self.reader.take(2 * pairs)?;
        let magnitude = octets.iter().rev().fold(0_i128, |number, octet| number << 8 | i128::from(*octet));
        let value = Value::Integer(if is_negative { -magnitude } else { magnitude });
        self.objects.push(Some(value.clone()));
        Ok(value)
    }

    fn string(&mut self) -> Result<Value, Refusal> {
        let value = Value::from_octets(self.octets()?);
        self.objects.push(Some(value.clone()));
        Ok(value)
    }

    /// A string, and after it the variables of the object: its encoding, and nothing else.
    fn string_with_encoding(&mut self, depth: Depth) -> Result<Value, Refusal> {
        let value = match self.reader.octet()? {
            b'"' => self.string()?,
            // A symbol of non-ASCII text.
            b':' => Value::Text(self.symbol()?),
            _ => return Err(Refusal::Unsupported),
        };
        for _ in 0..self.count()? {
            let name = match self.reader.octet()? {
                b':' => self.symbol()?,
                b';' => self.symbol_link()?,
                _ => return Err(Refusal::Undecodable),
            };
            if name != "E" && name != "encoding" {
                return Err(Refusal::Unsupported);
            }
            self.value(depth)?;
        }
        Ok(value)
    }

    fn array(&mut self, depth: Depth) -> Result<Value, Refusal> {
        self.objects.push(None);
        let count = self.count()?;
        (0..count).map(|_| self.value(depth)).collect::<Result<_, _>>().map(Value::List)
    }

    fn hash(&mut self, depth: Depth) -> Result<Value, Refusal> {
        self.objects.push(None);
        let mut values = BTreeMap::new();
        for _ in 0..self.count()? {
            let Value::Text(name) = self.value(depth)? else { return Err(Refusal::Unsupported) };
            values.insert(name, self.value(depth)?);
        }
        Ok(Value::Map(values))
    }

    fn link(&mut self) -> Result<Value, Refusal> {
        let at = self.count()?;
        let object = self.objects.get(at).ok_or(Refusal::Undecodable)?;
        let value = object.clone().ok_or(Refusal::Unsupported)?;
        self.copied(value.as_octets().map_or(0, <[u8]>::len))?;
        Ok(value)
    }

    fn copied(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.copied_bytes += bytes;
        if self.copied_bytes > INFLATED_BYTES_MAX { Err(Refusal::TooLarge) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::NESTING_MAX;
    use crate::value::samples::{sample, samples};

    /// What `Marshal.dump` of Ruby 3.1 wrote.
    const WRITTEN: &str = include_str!("../../tests/data/marshal.txt");

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn plain_data_of_ruby_is_read_as_it_was_written() {
        let value = from_marshal(&sample(WRITTEN, "all")).expect("plain data");
        for (name, expected) in [
            ("session_id", text("abc")),
            ("user_id", Value::Integer(42)),
            ("neg", Value::Integer(-1)),
            ("n300", Value::Integer(300)),
            ("nm", Value::Integer(-300)),
            ("big", Value::Integer(1 << 40)),
            ("bigneg", Value::Integer(-(1 << 70))),
            ("f", Value::Float(1.5)),
            ("sym", text("admin")),
            ("sym2", text("admin")),
            ("t", Value::Bool(true)),
            ("no", Value::Bool(false)),
            ("nil", Value::Null),
            ("list", Value::List(vec![Value::Integer(1), text("a"), Value::List(vec![Value::Integer(2)])])),
            ("uni", text("h\u{e9}llo")),
            ("unisym", text("h\u{e9}")),
            ("bin", Value::Octets(vec![255, 0])),
            ("symkey", Value::Integer(1)),
        ] {
            assert!(value.get(name) == Some(&expected), "{name}");
        }
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        let numbers = [
            0,
            1,
            122,
            123,
            255,
            256,
            65_535,
            65_536,
            -1,
            -123,
            -124,
            -255,
            -256,
            -257,
            -65_536,
            -65_537,
            (1 << 30) - 1,
            -(1 << 30),
            1 << 30,
        ];
        let expected = Value::List(numbers.into_iter().map(Value::Integer).collect());
        assert!(from_marshal(&sample(WRITTEN, "numbers")) == Ok(expected));
    }

    #[test]
    fn links_to_strings_are_followed_and_encodings_skipped() {
        let shared = from_marshal(&sample(WRITTEN, "shared")).expect("plain data");
        assert!(shared.get("b") == Some(&text("shared")));
        assert!(shared.get("c") == Some(&Value::List(vec![text("shared"), Value::Float(1.5)])));
        let latin = from_marshal(&sample(WRITTEN, "latin")).expect("plain data");
        assert!(latin.get("y") == Some(&Value::Octets(vec![0xEA])));
        assert!(latin.get("zz") == Some(&text("shared")));
        let with_default = from_marshal(&sample(WRITTEN, "default")).expect("plain data");
        assert!(with_default.get("a") == Some(&Value::Integer(1)));
    }

    #[test]
    fn what_names_a_class_or_links_to_a_list_is_refused() {
        for name in [
            "object",
            "class",
            "module",
            "struct",
            "time",
            "cycle",
            "shared_array",
            "range",
            "regex",
            "subclass",
            "intkey",
            "ivar",
            "rational",
        ] {
            assert_eq!(from_marshal(&sample(WRITTEN, name)), Err(Refusal::Unsupported), "{name}");
        }
    }

    #[test]
    fn texts_stop_at_the_limits_and_at_their_end() {
        let nested = |depth: usize| [&SIGNATURE[..], &b"[\x06".repeat(depth), b"0"].concat();
        assert!(from_marshal(&nested(NESTING_MAX)).is_ok());
        assert_eq!(from_marshal(&nested(NESTING_MAX + 1)), Err(Refusal::TooLarge));
        // 1000 links to a string of 1000 octets.
        let string = [&b"\"\x02\xE8\x03"[..], &[b'x'; 1000]].concat();
        let links = [&SIGNATURE[..], b"[\x02\xE9\x03", &string, &b"@\x06".repeat(1000)].concat();
        assert_eq!(from_marshal(&links), Err(Refusal::TooLarge));
        for (name, octets) in samples(WRITTEN) {
            for end in 0..octets.len() {
                assert!(from_marshal(&octets[..end]).is_err(), "{name} until {end}");
            }
        }
    }
}
