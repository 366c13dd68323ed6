//! The header of a token: claims of a stranger, until the signature has been checked.

use serde::de::{IgnoredAny, MapAccess};

use crate::algorithm::Algorithm;
use crate::limits::TOKEN_TYPE;
use crate::object::{self, Object, Text};
use crate::refused::Refused;

/// What a header says, as far as it is read.
#[derive(Default)]
struct Header<'a> {
    alg: Option<Text<'a>>,
    typ: Option<Text<'a>>,
    kid: Option<Text<'a>>,
    crit: bool,
    /// A member that would have the verifier take its key from the token.
    key_source: Option<&'static str>,
}

impl<'de> Object<'de> for Header<'de> {
    const NAMES: &'static [&'static str] = &["alg", "kid", "typ", "crit", "jku", "jwk", "x5u", "x5c"];

    fn read<A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error> {
        match index {
            0 => self.alg = Some(map.next_value()?),
            1 => self.kid = Some(map.next_value()?),
            2 => self.typ = Some(map.next_value()?),
            _ => {
                map.next_value::<IgnoredAny>()?;
                match Self::NAMES[index] {
                    "crit" => self.crit = true,
                    name => self.key_source = Some(name),
                }
            }
        }
        Ok(())
    }
}

/// The name of the key that a header asks for, when nothing else in the header is wrong.
///
/// The algorithm only has to be the configured one; it is never taken from here.
pub(crate) fn key_id_of(json: &[u8], algorithm: Algorithm) -> Result<Text<'_>, Refused> {
    let header: Header<'_> = object::read(json).map_err(Refused::Header)?;
    if header.alg.is_none_or(|alg| alg.0 != algorithm.as_str()) {
        return Err(Refused::Algorithm { expected: algorithm });
    }
    if header.typ.is_none_or(|typ| typ.0 != TOKEN_TYPE) {
        return Err(Refused::Type);
    }
    if header.crit {
        return Err(Refused::Critical);
    }
    if let Some(member) = header.key_source {
        return Err(Refused::KeySource { member });
    }
    header.kid.ok_or(Refused::NoKeyId)
}
