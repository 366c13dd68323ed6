//! Raw heads of answers, as `curl -sIL` prints them.

use url::Url;

use crate::agent::UnixTime;
use crate::look::{Exchange, Look, Protocol, Visit, Why};

use super::bounds::keep_within;
use super::error::InvalidRecord;

/// Reads one head, or several in a row of redirects. Without a status line they are fields of a 200.
///
/// What is no answer of the site is left out: announcements of one, such as 103, and a proxy that says that the way is free.
pub fn from_headers(octets: &[u8], target: &Url, now: UnixTime) -> Result<Look, InvalidRecord> {
    let mut hops: Vec<Exchange> = Vec::new();
    let mut part = Part::Head;
    for (number, line) in (1..).zip(octets.split(|octet| *octet == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"HTTP/") {
            let next = hops.last().and_then(Exchange::redirects_to).unwrap_or_else(|| target.clone());
            let head = status_line(line, next).ok_or(InvalidRecord::Line { line: number })?;
            part = Part::Announcement;
            if head.status >= 200 && !is_tunnel(line) {
                part = Part::Head;
                hops.push(head);
            }
            continue;
        }
        if line.is_empty() {
            part = if hops.is_empty() { Part::Head } else { Part::Body };
            continue;
        }
        if part == Part::Body {
            continue;
        }
        let (name, value) = field(line).ok_or(InvalidRecord::Line { line: number })?;
        if part == Part::Announcement {
            continue;
        }
        if let Some(last) = hops.last_mut() {
            last.fields.push((name, value));
        } else {
            let mut first = empty(target.clone(), 200, Protocol::Unknown);
            first.fields.push((name, value));
            hops.push(first);
        }
    }
    if hops.is_empty() {
        return Err(InvalidRecord::Empty);
    }
    let mut notes = vec!["bodies were not looked at".to_owned()];
    keep_within(&mut hops, &mut notes);
    let visit = Visit { why: Why::Named, at: now, hops };
    Ok(Look { target: target.clone(), at: now, visits: vec![visit], proofs: Vec::new(), notes })
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    /// The head of something that is no answer.
    Announcement,
    Body,
}

/// What a proxy says to `CONNECT`, in the words that nearly all of them use.
fn is_tunnel(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    text.split_once(' ').is_some_and(|(_, status)| status.trim() == "200 connection established")
}

fn status_line(line: &[u8], url: Url) -> Option<Exchange> {
    let text = String::from_utf8_lossy(line);
    let mut words = text.split_ascii_whitespace();
    let protocol = match words.next()? {
        "HTTP/2" | "HTTP/2.0" => Protocol::Http2,
        "HTTP/1.1" | "HTTP/1.0" => Protocol::Http1,
        _ => Protocol::Unknown,
    };
    Some(empty(url, words.next()?.parse().ok()?, protocol))
}

fn field(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let at = line.iter().position(|octet| *octet == b':')?;
    let name = str::from_utf8(&line[..at]).ok()?.trim().to_ascii_lowercase();
    let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic());
    let value = &line[at + 1..];
    let start = value.iter().position(|octet| !matches!(octet, b' ' | b'\t')).unwrap_or(value.len());
    is_name.then(|| (name, value[start..].to_vec()))
}

fn empty(url: Url, status: u16, protocol: Protocol) -> Exchange {
    Exchange { url, status, protocol, fields: Vec::new(), body: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_a_chain_are_read_with_the_urls_that_they_lead_to() {
        let text = b"HTTP/1.1 301 Moved\r\nLocation: https://a.test/x\r\n\r\nHTTP/2 200\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n";
        let look = from_headers(text, &Url::parse("http://a.test/").unwrap(), UnixTime(0)).unwrap();
        let urls: Vec<_> =
            look.hops().map(|(_, hop)| (hop.url.to_string(), hop.all("set-cookie").count())).collect();
        assert_eq!(urls, [("http://a.test/".to_owned(), 0), ("https://a.test/x".to_owned(), 2)]);
    }

    #[test]
    fn of_a_recording_without_end_the_beginning_is_looked_at() {
        let target = Url::parse("https://a.test/").unwrap();
        let looked_at = |head: &str, times: usize| {
            let look = from_headers(head.repeat(times).as_bytes(), &target, UnixTime(0)).unwrap();
            (look.hops().count(), look.notes.last().cloned().unwrap())
        };
        let (count, note) = looked_at("HTTP/1.1 200 OK\n\n", 2001);
        assert_eq!((count, note.as_str()), (2000, "of 2001 answers the first 2000 were looked at"));
        let many = format!("HTTP/1.1 200 OK\n{}\n", "Set-Cookie: a=1\n".repeat(1000));
        let (count, note) = looked_at(&many, 11);
        assert_eq!((count, note.as_str()), (10, "of 11 answers the first 10 were looked at"));
        assert_eq!(looked_at(&many, 10).0, 10);
    }

    #[test]
    fn what_announces_an_answer_is_none() {
        let text = b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n\
            HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n";
        let look = from_headers(text, &Url::parse("https://a.test/").unwrap(), UnixTime(0)).unwrap();
        let seen: Vec<_> =
            look.hops().map(|(_, hop)| (hop.url.path().to_owned(), hop.status, hop.fields.len())).collect();
        assert_eq!(seen, [("/".to_owned(), 302, 1), ("/x".to_owned(), 200, 1)]);
    }

    #[test]
    fn fields_alone_are_those_of_a_200_and_anything_else_is_named_by_its_line() {
        let target = Url::parse("https://a.test/").unwrap();
        let look = from_headers(b"Set-Cookie: a=1", &target, UnixTime(0)).unwrap();
        assert_eq!(look.hops().next().unwrap().1.status, 200);
        assert!(matches!(
            from_headers(b"Set-Cookie: a=1\nwhat is this", &target, UnixTime(0)),
            Err(InvalidRecord::Line { line: 2 })
        ));
        assert!(matches!(from_headers(b"\n", &target, UnixTime(0)), Err(InvalidRecord::Empty)));
    }
}
