//! The path that every request takes: all values of one cookie name.

use memchr::memchr;

use super::name::CookieName;
use super::parse::{has_control, trim};

/// Finds every value of the cookie `name` in the value of one `Cookie` field line.
///
/// It yields what [`parse`](super::parse) yields for that name, in the same order, but looks at nothing else:
/// no allocation, no list, and the cookies of others cost one vectorised search. For several field lines call
/// it once for each. The time taken is linear in the length.
///
/// ```
/// use cloakroom_core::cookie::{CookieName, find_all};
///
/// let name = CookieName::parse("sid")?;
/// let values: Vec<_> = find_all(b"theme=dark; sid=one; xsid=no; SID=no; sid =two", &name).collect();
/// assert_eq!(values, [b"one", b"two"]);
/// # Ok::<(), cloakroom_core::cookie::CookieError>(())
/// ```
///
/// # Security
/// Names match octet for octet. All values are found, since whoever can plant a second cookie of the name
/// could otherwise choose which one counts.
///
/// Source: RFC 6265bis 5.6, 5.8.3.
pub fn find_all<'h, 'n>(field_value: &'h [u8], name: &'n CookieName) -> FindAll<'h, 'n> {
    FindAll { field_value, name, position: 0 }
}

/// The values that [`find_all`] finds.
#[must_use]
pub struct FindAll<'h, 'n> {
    field_value: &'h [u8],
    name: &'n CookieName,
    position: usize,
}

impl<'h> Iterator for FindAll<'h, '_> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        // Every turn moves on by at least the length of the name, and no white space is walked over twice in
        // either direction since a name holds none: hence linear.
        while let Some(found) = self.name.finder().find(&self.field_value[self.position..]) {
            let start = self.position + found;
            let end = start + self.name.as_bytes().len();
            self.position = end;
            if !begins_segment(&self.field_value[..start]) {
                continue;
            }
            let Some(rest) = after_equals(&self.field_value[end..]) else { continue };
            let length = memchr(b';', rest).unwrap_or(rest.len());
            self.position = self.field_value.len() - rest.len() + length;
            let value = trim(&rest[..length]);
            if !has_control(value) {
                return Some(value);
            }
        }
        None
    }
}

/// Whether nothing but SP and HTAB stands between the end of `before` and the last `;` or the start.
fn begins_segment(before: &[u8]) -> bool {
    matches!(before.iter().rev().find(|octet| !matches!(octet, b' ' | b'\t')), None | Some(b';'))
}

/// What follows the `=`, if one follows with nothing but SP and HTAB before it.
fn after_equals(mut octets: &[u8]) -> Option<&[u8]> {
    loop {
        match octets {
            [b'=', rest @ ..] => return Some(rest),
            [b' ' | b'\t', rest @ ..] => octets = rest,
            _ => return None,
        }
    }
}
