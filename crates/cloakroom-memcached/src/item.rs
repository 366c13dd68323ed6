//! The octets of an item.
//!
//! ```text
//! item    = 1, the version of this format | kind, 1 octet | rest
//! session = kind 0 | row
//! coming  = kind 1 | the session that it replaces, 16 | row
//! left    = kind 2 | the session that replaced it, 16
//! row     = version, 8 | created, 8 | last seen, 8 | expires, 8 | length of address, 1 | length of subject, 1
//!         | address, 0, 4 or 16 | subject | body
//! ```
//! Numbers are big-endian, moments are milliseconds since 1970.

use std::net::IpAddr;

use cloakroom_core::store::{Loaded, Row, RowBody, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};

use crate::error::Trouble;

const FORMAT: u8 = 1;
const SESSION: u8 = 0;
const COMING: u8 = 1;
const LEFT: u8 = 2;

/// What a server keeps under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A session.
    Session(Loaded),
    /// A session that is to replace another, and exists as soon as that one has [left](Content::Left) in its favour.
    Coming(Loaded, SessionId),
    /// No session any more: this one has replaced it.
    Left(SessionId),
}

/// How long marks of a replacement that nobody finishes stay.
const MARK_SECONDS: i64 = 60;

/// How long after its end a session stays, for what clocks differ.
const SLACK_SECONDS: u64 = 24 * 60 * 60;

/// Memcached takes a larger number for a moment, in seconds since 1970, and counts others from now.
const SPAN_MAX_SECONDS: u64 = 30 * 24 * 60 * 60;

impl Content {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut octets = vec![FORMAT];
        match self {
            Self::Session(loaded) => {
                octets.push(SESSION);
                encode_row(&mut octets, loaded);
            }
            Self::Coming(loaded, old) => {
                octets.push(COMING);
                octets.extend_from_slice(old.as_octets());
                encode_row(&mut octets, loaded);
            }
            Self::Left(new) => {
                octets.push(LEFT);
                octets.extend_from_slice(new.as_octets());
            }
        }
        octets
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, Trouble> {
        let ([format, kind], mut rest) =
            octets.split_first_chunk().ok_or(Trouble::Undecodable("less than two octets"))?;
        if *format != FORMAT {
            return Err(Trouble::Undecodable("another format"));
        }
        let content = match *kind {
            SESSION => Self::Session(decode_row(rest)?),
            COMING => {
                let old = SessionId::from_octets(take(&mut rest)?);
                Self::Coming(decode_row(rest)?, old)
            }
            LEFT => Self::Left(SessionId::from_octets(take(&mut rest)?)),
            _ => return Err(Trouble::Undecodable("an unknown kind")),
        };
        Ok(content)
    }

    /// When the server may drop it, as Memcached counts; a number for collecting rubbish, by which no session ends.
    ///
    /// A short life is counted by the server from now, so that clocks need not agree; a life of more than 30 days cannot be.
    pub(crate) fn expiry(&self) -> i64 {
        let Self::Session(Loaded { row, .. }) = self else { return MARK_SECONDS };
        let left = row.expires_at.since(row.last_seen_at).as_millis().div_ceil(1000);
        let span = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(SLACK_SECONDS);
        if span <= SPAN_MAX_SECONDS {
            return span.cast_signed();
        }
        let moment = (row.expires_at.as_millis() / 1000).saturating_add(SLACK_SECONDS);
        // What does not fit stays until the room is needed.
        i32::try_from(moment).map_or(0, i64::from)
    }
}

fn encode_row(octets: &mut Vec<u8>, loaded: &Loaded) {
    let row = &loaded.row;
    let numbers = [
        loaded.version.number(),
        row.created_at.as_millis(),
        row.last_seen_at.as_millis(),
        row.expires_at.as_millis(),
    ];
    octets.reserve(256 + row.body.len());
    for number in numbers {
        octets.extend_from_slice(&number.to_be_bytes());
    }
    let subject = row.subject.as_ref().map_or("", Subject::as_str).as_bytes();
    let (v4, v6);
    let address: &[u8] = match row.address {
        None => &[],
        Some(IpAddr::V4(address)) => {
            v4 = address.octets();
            &v4
        }
        Some(IpAddr::V6(address)) => {
            v6 = address.octets();
            &v6
        }
    };
    for part in [address, subject] {
        octets.push(u8::try_from(part.len()).expect("a subject has at most 255 octets"));
    }
    octets.extend_from_slice(address);
    octets.extend_from_slice(subject);
    octets.extend_from_slice(&row.body);
}

fn decode_row(mut octets: &[u8]) -> Result<Loaded, Trouble> {
    let rest = &mut octets;
    let version = Version::from_number(u64::from_be_bytes(take(rest)?));
    let mut moment = || Ok(Timestamp::from_millis(u64::from_be_bytes(take(rest)?)));
    let (created_at, last_seen_at, expires_at) = (moment()?, moment()?, moment()?);
    let [address_len, subject_len] = take(rest)?;
    let address = match address_len {
        0 => None,
        4 => Some(IpAddr::from(take::<4>(rest)?)),
        16 => Some(IpAddr::from(take::<16>(rest)?)),
        _ => return Err(Trouble::Undecodable("an address of a strange length")),
    };
    let (subject, body) =
        rest.split_at_checked(subject_len.into()).ok_or(Trouble::Undecodable("half a row"))?;
    let subject = match subject {
        [] => None,
        text => Some(
            std::str::from_utf8(text)
                .ok()
                .and_then(|text| Subject::new(text).ok())
                .ok_or(Trouble::Undecodable("no subject"))?,
        ),
    };
    let body = RowBody::from_slice(body);
    Ok(Loaded { row: Row { subject, created_at, last_seen_at, expires_at, address, body }, version })
}

fn take<const N: usize>(octets: &mut &[u8]) -> Result<[u8; N], Trouble> {
    let (first, rest) = octets.split_first_chunk().ok_or(Trouble::Undecodable("half a row"))?;
    *octets = rest;
    Ok(*first)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn loaded(last_seen_ms: u64, expires_ms: u64) -> Loaded {
        let row = Row {
            subject: None,
            created_at: Timestamp::EPOCH,
            last_seen_at: Timestamp::from_millis(last_seen_ms),
            expires_at: Timestamp::from_millis(expires_ms),
            address: None,
            body: RowBody::new(),
        };
        Loaded { row, version: Version::FIRST }
    }

    #[test]
    fn a_server_keeps_an_item_for_a_day_longer_than_its_session_can_live() {
        let now_ms = 1_800_000_000_000;
        let day = 86_400;
        let expiry = |life: Duration| {
            Content::Session(loaded(now_ms, now_ms + u64::try_from(life.as_millis()).unwrap())).expiry()
        };
        assert_eq!(expiry(Duration::from_millis(1)), day + 1);
        assert_eq!(expiry(Duration::from_hours(12)), day + day / 2);
        assert_eq!(expiry(Duration::from_hours(29 * 24)), 30 * day, "the longest span that is one");
        let longer = expiry(Duration::from_hours(29 * 24) + Duration::from_secs(1));
        assert_eq!(longer, 1_800_000_000 + 30 * day + 1, "a moment");
        assert_eq!(Content::Session(loaded(now_ms, u64::MAX)).expiry(), 0, "never");
        assert_eq!(Content::Session(loaded(now_ms, 0)).expiry(), day, "expired ones too: the caller judges");
        assert_eq!(Content::Left(SessionId::from_octets([1; 16])).expiry(), MARK_SECONDS);
    }

    #[test]
    fn an_item_of_another_format_is_told_apart() {
        let mut octets = Content::Session(loaded(1, 2)).encode();
        octets[0] = 2;
        assert!(matches!(Content::decode(&octets), Err(Trouble::Undecodable("another format"))));
    }

    proptest! {
        #[test]
        fn an_item_reads_what_it_wrote_and_never_half_of_it(
            subject in prop::option::of("[a-zé]{1,127}"),
            address in any::<Option<IpAddr>>(),
            body in prop::collection::vec(any::<u8>(), 0..300),
            numbers in any::<[u64; 4]>(),
            kind in 0..3,
            cut in any::<prop::sample::Index>(),
        ) {
            let row = Row {
                subject: subject.map(|text| Subject::new(&text).unwrap()),
                created_at: Timestamp::from_millis(numbers[0]),
                last_seen_at: Timestamp::from_millis(numbers[1]),
                expires_at: Timestamp::from_millis(numbers[2]),
                address,
                body: RowBody::from_slice(&body),
            };
            let loaded = Loaded { row, version: Version::from_number(numbers[3]) };
            let other = SessionId::from_octets([9; 16]);
            let content = match kind {
                0 => Content::Session(loaded),
                1 => Content::Coming(loaded, other),
                _ => Content::Left(other),
            };
            let octets = content.encode();
            prop_assert_eq!(Content::decode(&octets).unwrap(), content.clone());
            let cut = cut.index(octets.len());
            if let Ok(half) = Content::decode(&octets[..cut]) {
                prop_assert_ne!(half, content);
            }
        }
    }
}
