//! The hops that a request has come through, read from the right.
//!
//! Each proxy appends the address that it was asked from. So what stands right was written by proxies near us, and what stands left
//! by whoever likes. Both fields are therefore walked from their end, and nothing left of the hop at which the walk stops is looked
//! at: a quotation mark that a client leaves open hides nothing that a proxy wrote after it.
//!
//! Source: RFC 7239, 4 to 6.

use std::net::{IpAddr, SocketAddr};

use http::header::FORWARDED;
use http::{HeaderMap, HeaderName};

/// Which field names the hops; the other one is not looked at, since a proxy that sets one may pass the other on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Family {
    #[default]
    XForwardedFor,
    Forwarded,
}

/// A hop that is not an address: a name, `unknown`, or what no proxy would write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoAddress;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

impl Family {
    /// The hops, the nearest first.
    pub(super) fn hops(self, headers: &HeaderMap) -> impl Iterator<Item = Result<IpAddr, NoAddress>> {
        let name = match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
        };
        let lines = headers.get_all(name).iter().rev();
        lines.flat_map(move |line| {
            let mut elements = FromTheRight { rest: Some(line.as_bytes()), separator: b',' };
            std::iter::from_fn(move || {
                elements.next().map(|element| match self {
                    Self::XForwardedFor => text(element).and_then(|hop| address(hop.trim_ascii())),
                    Self::Forwarded => forwarded_for(element),
                })
            })
        })
    }
}

/// The parts of a list, the last first; a separator between quotation marks separates nothing.
struct FromTheRight<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for FromTheRight<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let mut is_quoted = false;
        for (place, octet) in rest.iter().enumerate().rev() {
            if *octet == b'"' && !is_escaped(&rest[..place]) {
                is_quoted = !is_quoted;
            } else if *octet == self.separator && !is_quoted {
                self.rest = Some(&rest[..place]);
                return Some(&rest[place + 1..]);
            }
        }
        self.rest = None;
        Some(rest)
    }
}

fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|octet| **octet == b'\\').count() % 2 == 1
}

fn text(octets: &[u8]) -> Result<&str, NoAddress> {
    std::str::from_utf8(octets).map_err(|_| NoAddress)
}

/// The address of the one `for` parameter of an element.
fn forwarded_for(element: &[u8]) -> Result<IpAddr, NoAddress> {
    let mut found = None;
    for pair in (FromTheRight { rest: Some(element), separator: b';' }) {
        let Some((name, value)) = text(pair)?.split_once('=') else { continue };
        if name.trim_ascii().eq_ignore_ascii_case("for") && found.replace(value.trim_ascii()).is_some() {
            return Err(NoAddress);
        }
    }
    let value = found.ok_or(NoAddress)?;
    // An address needs no escapes, so a value that has one is none.
    let node = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    address(node)
}

/// An address with or without a port, which does not matter here; one of IPv6 with or without brackets.
fn address(node: &str) -> Result<IpAddr, NoAddress> {
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse::<IpAddr>().or_else(|_| node.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical()).map_err(|_| NoAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hops(family: Family, lines: &[&str]) -> Vec<String> {
        let name = match family {
            Family::XForwardedFor => "x-forwarded-for",
            Family::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        let hops = family.hops(&headers);
        hops.map(|hop| hop.map_or_else(|NoAddress| "?".to_owned(), |address| address.to_string())).collect()
    }

    #[test]
    fn hops_are_read_from_the_right_over_all_lines() {
        let lines =
            ["6.6.6.6, 192.0.2.1", "192.0.2.2:4711 ,\t[2001:db8::1]", "[2001:db8::2]:80,::ffff:10.0.0.1"];
        assert_eq!(
            hops(Family::XForwardedFor, &lines),
            ["10.0.0.1", "2001:db8::2", "2001:db8::1", "192.0.2.2", "192.0.2.1", "6.6.6.6"]
        );
    }

    #[test]
    fn what_is_no_address_is_told_apart_from_nothing() {
        assert_eq!(hops(Family::XForwardedFor, &[]), [""; 0]);
        assert_eq!(hops(Family::XForwardedFor, &["unknown, , 10.0.0.1.2, 10.0.0.1:x"]), ["?"; 4]);
        assert_eq!(hops(Family::Forwarded, &["for=unknown, for=_hidden, , by=10.0.0.1, for"]), ["?"; 5]);
    }

    /// Source: the examples of RFC 7239, 4.
    #[test]
    fn the_examples_of_the_standard_are_read() {
        assert_eq!(hops(Family::Forwarded, &["For=\"[2001:db8:cafe::17]:4711\""]), ["2001:db8:cafe::17"]);
        assert_eq!(hops(Family::Forwarded, &["for=192.0.2.60;proto=http;by=203.0.113.43"]), ["192.0.2.60"]);
        assert_eq!(
            hops(Family::Forwarded, &["for=192.0.2.43, for=198.51.100.17"]),
            ["198.51.100.17", "192.0.2.43"]
        );
        assert_eq!(hops(Family::Forwarded, &["for=\"_gazonk\""]), ["?"]);
    }

    #[test]
    fn a_separator_between_quotation_marks_separates_nothing() {
        assert_eq!(hops(Family::Forwarded, &[r#"for=192.0.2.1;host="a,b;for=6.6.6.6\"""#]), ["192.0.2.1"]);
    }

    #[test]
    fn a_quotation_mark_left_open_hides_nothing_that_was_written_after_it() {
        for opened in ["for=\"6.6.6.6", "for=\"", "host=\"\\", "\\\""] {
            let line = format!("{opened}, for=192.0.2.1");
            assert_eq!(hops(Family::Forwarded, &[&line])[0], "192.0.2.1", "{line}");
        }
    }

    #[test]
    fn an_element_that_names_two_clients_names_none() {
        assert_eq!(hops(Family::Forwarded, &["for=192.0.2.1;for=192.0.2.2"]), ["?"]);
    }
}
