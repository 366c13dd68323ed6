//! The few meta commands that a store needs, and their answers.
//!
//! ```text
//! mg KEY c v              ->  VA LEN c7 / DATA, or EN
//! ms KEY LEN c T60 ME     ->  HD c8, NS when the key is taken        add
//! ms KEY LEN c T60 C7     ->  HD c8, EX when 7 is past, NF           compare-and-swap: never creates
//! md KEY C7               ->  HD, EX, NF
//! mn                      ->  MN
//! ```
//! Source: memcached, `doc/protocol.txt`, "Meta Commands".

/// The number that an item has until its next write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cas(u64);

/// An item as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) cas: Cas,
    pub(crate) data: Vec<u8>,
}

/// When a write is to happen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum If {
    /// When there is no item.
    Absent,
    /// When the item is still the one that was read.
    Unchanged(Cas),
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// `VA`: here it is.
    Found(Item),
    /// `EN`: there is no such item.
    Miss,
    /// `HD`: done; with the number of what was written, when it was asked for.
    Done(Option<Cas>),
    /// `NS`: not stored.
    NotStored,
    /// `EX`: the item has changed.
    Changed,
    /// `NF`: there is no such item.
    NotFound,
    /// `MN`: I am here.
    Here,
    /// `SERVER_ERROR`: it cannot, and the connection is as good as before.
    Refused(String),
}

pub(crate) fn get(key: &str) -> Vec<u8> {
    format!("mg {key} c v\r\n").into_bytes()
}

pub(crate) fn set(key: &str, data: &[u8], expiry: i64, condition: If) -> Vec<u8> {
    let condition = match condition {
        If::Absent => "ME".to_owned(),
        If::Unchanged(Cas(number)) => format!("C{number}"),
    };
    let mut command = format!("ms {key} {} c T{expiry} {condition}\r\n", data.len()).into_bytes();
    command.extend_from_slice(data);
    command.extend_from_slice(b"\r\n");
    command
}

pub(crate) fn delete(key: &str, unchanged: Option<Cas>) -> Vec<u8> {
    match unchanged {
        Some(Cas(number)) => format!("md {key} C{number}\r\n"),
        None => format!("md {key}\r\n"),
    }
    .into_bytes()
}

pub(crate) fn ping() -> Vec<u8> {
    b"mn\r\n".to_vec()
}

/// The longest line that a server sends, far beyond any that is right.
const LINE_MAX: usize = 2048;

/// The most that a value may have: beyond any item limit that can be set.
const DATA_MAX: usize = 1 << 30;

/// Octets that are no reply. Whatever comes after them cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Strange(pub(crate) String);

/// The first reply among these octets, and how many it takes; `None` when it has not all come yet.
pub(crate) fn parse(octets: &[u8]) -> Result<Option<(Reply, usize)>, Strange> {
    let Some((line, line_len)) = parse_line(octets)? else { return Ok(None) };
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let strange = || Strange(line.to_owned());
    let reply = match words.next().unwrap_or_default() {
        "VA" => {
            let len: Option<usize> = words.next().and_then(|len| len.parse().ok());
            let len = len.filter(|len| *len <= DATA_MAX).ok_or_else(strange)?;
            let cas = cas_among(words).ok_or_else(strange)?;
            let Some((data, rest)) = octets[line_len..].split_at_checked(len) else { return Ok(None) };
            let Some(end) = rest.first_chunk::<2>() else { return Ok(None) };
            if end != b"\r\n" {
                return Err(Strange("a value that is longer than it says".to_owned()));
            }
            return Ok(Some((Reply::Found(Item { cas, data: data.to_vec() }), line_len + len + 2)));
        }
        "EN" => Reply::Miss,
        "HD" => Reply::Done(cas_among(words)),
        "NS" => Reply::NotStored,
        "EX" => Reply::Changed,
        "NF" => Reply::NotFound,
        "MN" => Reply::Here,
        "SERVER_ERROR" => Reply::Refused(line.to_owned()),
        _ => return Err(strange()),
    };
    Ok(Some((reply, line_len)))
}

/// The first line among these octets without its end, and how many octets it takes.
fn parse_line(octets: &[u8]) -> Result<Option<(&str, usize)>, Strange> {
    let Some(end) = memchr::memchr(b'\n', octets) else {
        return if octets.len() > LINE_MAX { Err(strange_octets(octets)) } else { Ok(None) };
    };
    let line = octets[..end].strip_suffix(b"\r").and_then(|line| std::str::from_utf8(line).ok());
    line.map(|line| Some((line, end + 1))).ok_or_else(|| strange_octets(octets))
}

fn strange_octets(octets: &[u8]) -> Strange {
    Strange(String::from_utf8_lossy(&octets[..octets.len().min(64)]).into_owned())
}

fn cas_among<'a>(mut flags: impl Iterator<Item = &'a str>) -> Option<Cas> {
    flags.find_map(|flag| flag.strip_prefix('c')?.parse().ok().map(Cas))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(octets: &[u8]) -> Reply {
        let (reply, used) = parse(octets).unwrap().unwrap();
        assert_eq!(used, octets.len());
        reply
    }

    #[test]
    fn replies_are_read_as_the_protocol_has_them() {
        let found = Reply::Found(Item { cas: Cas(7), data: b"a\r\nb".to_vec() });
        assert_eq!(whole(b"VA 4 c7\r\na\r\nb\r\n"), found);
        assert_eq!(whole(b"EN\r\n"), Reply::Miss);
        assert_eq!(whole(b"HD c18446744073709551615\r\n"), Reply::Done(Some(Cas(u64::MAX))));
        assert_eq!(whole(b"HD\r\n"), Reply::Done(None));
        let refused = whole(b"SERVER_ERROR out of memory storing object\r\n");
        assert!(matches!(refused, Reply::Refused(words) if words.contains("out of memory")));
    }

    #[test]
    fn a_reply_that_has_not_all_come_is_none_yet() {
        let octets = b"VA 4 c7\r\na\r\nb\r\nEN\r\n";
        for len in 0..15 {
            assert_eq!(parse(&octets[..len]), Ok(None), "{len} octets");
        }
        assert_eq!(parse(octets).unwrap().unwrap().1, 15);
    }

    #[test]
    fn what_no_server_sends_is_no_reply() {
        let long = [b'x'; 5000];
        let strange: [&[u8]; 8] = [
            b"EN\n",
            b"ERROR\r\n",
            b"CLIENT_ERROR bad data chunk\r\n",
            b"VA 4 c7\r\nabcdef\r\n",
            b"VA 99999999999999 c7\r\n",
            b"VA 2\r\nab\r\n",
            b"\xff\r\n",
            &long,
        ];
        for octets in strange {
            assert!(parse(octets).is_err(), "{}", String::from_utf8_lossy(octets));
        }
    }

    #[test]
    fn commands_are_written_as_the_protocol_has_them() {
        assert_eq!(get("cr.1"), b"mg cr.1 c v\r\n");
        assert_eq!(set("k", b"a\r\n", 60, If::Absent), b"ms k 3 c T60 ME\r\na\r\n\r\n");
        assert_eq!(set("k", b"a", 0, If::Unchanged(Cas(9))), b"ms k 1 c T0 C9\r\na\r\n");
        assert_eq!(delete("k", Some(Cas(9))), b"md k C9\r\n");
        assert_eq!(delete("k", None), b"md k\r\n");
    }

    proptest! {
        #[test]
        fn no_octets_make_reading_panic(octets in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = parse(&octets);
        }
    }
}
