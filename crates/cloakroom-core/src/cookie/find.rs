//! The path that every request takes: all values of one cookie name.

use memchr::memchr;

use super::name::CookieName;
use super::parse::{has_control, trim};

/// Finds every value of the cookie `name` in the value of one `Cookie` field line.
///
/// It yields what [`parse`](super::parse()) yields for that name, in the same order, but looks at nothing else:
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

    #[inline]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cookie::parse;

    fn name(text: &str) -> CookieName {
        CookieName::parse(text).expect("the name is a token")
    }

    fn found<'h>(field_value: &'h [u8], text: &str) -> Vec<&'h [u8]> {
        find_all(field_value, &name(text)).collect()
    }

    /// Field values made of what could confuse a search for `sid`, with arbitrary octets in between.
    fn hostile_field_value() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => prop::sample::select(vec!["sid", "=", ";", "; ", " ", "\t", "sid=", ";sid=", "value"]),
            1 => prop::sample::select(vec!["SID", "sidsid", "__Host-sid", "%73id", "\"", "\\", ",", "\0", "\x7f", "\n", "\x0c"]),
        ];
        let octets = prop_oneof![
            8 => piece.prop_map(|text| text.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(octets, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn finding_by_name_equals_parsing_and_filtering(line in hostile_field_value()) {
            for text in ["sid", "__Host-sid", "s", "ss"] {
                let name = name(text);
                let filtered: Vec<_> = parse([line.as_slice()])
                    .filter(|pair| pair.name == name.as_bytes())
                    .map(|pair| pair.value)
                    .collect();
                prop_assert_eq!(find_all(&line, &name).collect::<Vec<_>>(), filtered, "{}", text);
            }
        }

        /// SYN-09
        #[test]
        fn looking_into_each_line_equals_looking_into_the_joined_lines(
            lines in prop::collection::vec(hostile_field_value(), 0..5),
        ) {
            let name = name("sid");
            let apart: Vec<_> = lines.iter().flat_map(|line| find_all(line, &name)).collect();
            let joined = lines.join(b"; ".as_slice());
            prop_assert_eq!(apart, find_all(&joined, &name).collect::<Vec<_>>());
        }

        #[test]
        fn a_value_is_found_behind_any_other_cookies(
            before in prop::collection::vec(any::<u8>().prop_filter("ends no cookie", |octet| *octet != b';'), 0..200),
        ) {
            let mut line = before;
            line.extend_from_slice(b"; our-sid=live");
            let values = found(&line, "our-sid");
            prop_assert_eq!(values.last(), Some(&b"live".as_slice()));
        }
    }

    #[test]
    fn syn_14_pfx_03_a_name_matches_octet_for_octet() {
        let impostors = [
            "__HOST-sid=v",
            "__host-sid=v",
            "__Host-SID=v",
            "__Host%2Dsid=v",
            "__Host-sid%20=v",
            "\"__Host-sid\"=v",
            "x__Host-sid=v",
            "__Host-sidx=v",
            "\u{a0}__Host-sid=v",
            "__Host-sid\u{2003}=v",
            "\u{b}__Host-sid=v",
            "\u{c}__Host-sid=v",
            "\r\n__Host-sid=v",
            "$Version=1, __Host-sid=v",
            "__Host-sid",
            "=__Host-sid=v",
            "a=__Host-sid=v",
            "a=1,__Host-sid=v",
            "a=\"1 __Host-sid=v\"",
        ];
        for impostor in impostors {
            assert!(found(impostor.as_bytes(), "__Host-sid").is_empty(), "{impostor}");
            let beside = format!("{impostor}; __Host-sid=good; {impostor}");
            assert_eq!(found(beside.as_bytes(), "__Host-sid"), [b"good"], "{beside}");
        }
    }

    #[test]
    fn syn_10_blanks_and_tabs_around_name_and_value_are_no_part_of_them() {
        for line in
            ["sid=v", "sid=v;", " sid=v", "\tsid\t=\tv\t", ";;sid =  v ;", "a=b;sid=v", "a;  sid=v ;b"]
        {
            assert_eq!(found(line.as_bytes(), "sid"), [b"v"], "{line:?}");
        }
    }

    #[test]
    fn every_duplicate_is_found_in_the_order_of_the_wire() {
        assert_eq!(found(b"sid=1; a=b; sid=; sid=2;sid=2", "sid"), [b"1".as_slice(), b"", b"2", b"2"]);
    }

    #[test]
    fn a_control_character_costs_the_one_value_that_it_stands_in() {
        assert_eq!(found(b"sid=a\0b; x=\x1b; sid=good; sid=\x7f", "sid"), [b"good"]);
        assert_eq!(found(b"sid=a\tb", "sid"), [b"a\tb"]);
    }

    /// Quadratic work would be some 10^12 steps here, and the test would not end.
    #[test]
    fn a_megabyte_of_almost_our_cookie_is_read_at_once() {
        for piece in ["sid", "sid ", " sid", ";sid ", "; ", " ", "=", "sid=;", "sid\t\t\t\t=\0;", "a=sid=;"] {
            let line = piece.repeat((1 << 20) / piece.len());
            let values = found(line.as_bytes(), "sid");
            assert!(values.iter().all(|value| value.is_empty()), "{piece:?}");
        }
    }
}
