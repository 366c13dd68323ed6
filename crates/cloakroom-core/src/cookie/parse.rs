//! The whole `Cookie` field, pair by pair.

use memchr::memchr;

/// One cookie of a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair<'a> {
    /// The name; empty for a nameless cookie, which is what a segment without `=` is.
    pub name: &'a [u8],
    /// The value as it was sent: not unquoted, not decoded.
    pub value: &'a [u8],
}

/// Reads every cookie of a request, in the order of the wire, duplicates included.
///
/// `lines` are the values of all `Cookie` field lines, which count as one list: HTTP/2 clients send a line
/// per cookie. Nothing is refused: an odd octet costs the one pair that it stands in and hides no other.
/// The time taken is linear in the length.
///
/// ```
/// use cloakroom_core::cookie::parse;
///
/// let values: Vec<_> = parse([b"a=1; b = \"2\"".as_slice(), b"sid"])
///     .map(|pair| (pair.name, pair.value))
///     .collect();
/// assert_eq!(values, [(b"a".as_slice(), b"1".as_slice()), (b"b", b"\"2\""), (b"", b"sid")]);
/// ```
///
/// # Security
/// A segment without `=` never becomes a named cookie, and a comma never separates cookies: either would let
/// another site's cookie pose as ours.
///
/// Source: RFC 6265bis 5.6, 5.8.3; RFC 9113 8.2.3.
pub fn parse<'a, I>(lines: I) -> impl Iterator<Item = Pair<'a>>
where
    I: IntoIterator<Item = &'a [u8]>,
{
    lines.into_iter().flat_map(|line| line.split(|&octet| octet == b';')).filter_map(pair)
}

/// The name of the cookie that a `Set-Cookie` field value sets; empty for a nameless one.
///
/// It reads what a browser reads, so that a cookie cannot hide behind white space.
///
/// Source: RFC 6265bis 5.6, steps 1 to 4.
pub fn name_set_by(set_cookie: &[u8]) -> &[u8] {
    let end = memchr(b';', set_cookie).unwrap_or(set_cookie.len());
    split(&set_cookie[..end]).name
}

/// Reads one segment; nothing when it is blank or holds a control character.
fn pair(segment: &[u8]) -> Option<Pair<'_>> {
    let pair = split(segment);
    let is_blank = pair.name.is_empty() && pair.value.is_empty();
    (!is_blank && !has_control(pair.name) && !has_control(pair.value)).then_some(pair)
}

/// Splits at the first `=`.
fn split(segment: &[u8]) -> Pair<'_> {
    match memchr(b'=', segment) {
        Some(at) => Pair { name: trim(&segment[..at]), value: trim(&segment[at + 1..]) },
        None => Pair { name: b"", value: trim(segment) },
    }
}

/// Strips SP and HTAB, and no other kind of white space.
pub(super) fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

/// Whether a control character other than HTAB is among the octets.
pub(super) fn has_control(octets: &[u8]) -> bool {
    // No early exit: without one the loop becomes a few vector instructions for a token.
    octets.iter().fold(false, |any, &octet| any | is_control(octet))
}

const fn is_control(octet: u8) -> bool {
    matches!(octet, 0x00..=0x08 | 0x0a..=0x1f | 0x7f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn arbitrary_octets_give_clean_pairs_and_no_panic(lines in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
            for pair in parse(lines.iter().map(Vec::as_slice)) {
                prop_assert!(!pair.name.is_empty() || !pair.value.is_empty());
                prop_assert!(!pair.name.contains(&b'='));
                for part in [pair.name, pair.value] {
                    prop_assert!(!part.contains(&b';') && !has_control(part));
                    prop_assert_eq!(trim(part), part);
                }
            }
        }

        #[test]
        fn a_set_cookie_of_arbitrary_octets_has_a_name_that_stands_in_it(line in any::<Vec<u8>>()) {
            let name = name_set_by(&line);
            prop_assert!(name.is_empty() || line.windows(name.len()).any(|window| window == name));
        }
    }

    #[test]
    fn the_name_that_a_set_cookie_sets_is_read_as_a_browser_reads_it() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"sid=1; Path=/", b"sid"),
            (b" \tsid \t=1", b"sid"),
            (b"sid==1", b"sid"),
            (b"sid=; Max-Age=0", b"sid"),
            (b"sid", b""),
            (b"sid; Path=/", b""),
            (b"=sid=1", b""),
            (b"a; sid=1", b""),
            (b"", b""),
        ];
        for (line, name) in cases {
            assert_eq!(name_set_by(line), name, "{}", line.escape_ascii());
        }
    }
}
