//! The value of a session: a row as Redis keeps it.
//!
//! ```text
//! value = flags, 1 octet (bit 0 wide times; bits 1 and 2 kind of the address, 0 none, 1 IPv4, 2 IPv6; bit 3 claimed;
//!                         bit 4 first version; bit 5 last seen when created; bit 6 end in whole seconds)
//!       | [claimed] claim, 8 octets | claimed until, varint
//!       | [not the first] version, varint
//!       | created since 2020, 5 octets | [seen later] last seen - created, varint | expires - last seen, varint
//!         [wide] instead of these, the three in 8 octets each since 1970
//!       | address, 0, 4 or 16 octets | length of the subject, 1 octet | subject | body, to the end
//! ```
//! Times are milliseconds, most significant octet first; the last may be seconds. They are wide where one is earlier than the
//! one before it, or outside the years 2020 to 2054. Each octet counts: allocators round up, and a fresh session of an
//! ordinary application has 76, which with the string's own make 80. The scripts in `lua/` read and write the same.

use std::net::IpAddr;

use cloakroom_core::store::{Loaded, Row, RowBody, Version};
use cloakroom_core::{Subject, Timestamp};

const WIDE: u8 = 1;
const ADDRESS: u8 = 3 << 1;
const ADDRESS_V4: u8 = 1 << 1;
const ADDRESS_V6: u8 = 2 << 1;
const CLAIMED: u8 = 1 << 3;
const FIRST: u8 = 1 << 4;
const UNSEEN: u8 = 1 << 5;
const SECONDS: u8 = 1 << 6;
const CLAIM_LEN: usize = 8;

/// The begin of 2020, and what five octets of milliseconds reach.
const EPOCH_MS: u64 = 1_577_836_800_000;
const REACH_MS: u64 = 1 << 40;
/// Milliseconds that a number of Lua holds with room for sums.
const EXACT_MS: u64 = 1 << 48;

/// What no script of ours has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// The value of a fresh row.
pub(crate) fn encode(row: &Row) -> Vec<u8> {
    let [created, seen, expires] =
        [row.created_at, row.last_seen_at, row.expires_at].map(Timestamp::as_millis);
    let tail = tail(row);
    let mut value = Vec::with_capacity(32 + tail.len());
    let flags = address_flags(row.address) | FIRST;
    let since_2020 = created.checked_sub(EPOCH_MS).filter(|since| *since < REACH_MS);
    match since_2020 {
        Some(since_2020) if created <= seen && seen <= expires && expires < EXACT_MS => {
            let (since, left) = (seen - created, expires - seen);
            let (is_unseen, is_whole) = (since == 0, left % 1_000 == 0);
            let unseen = if is_unseen { UNSEEN } else { 0 };
            value.push(flags | unseen | if is_whole { SECONDS } else { 0 });
            value.extend_from_slice(&since_2020.to_be_bytes()[3..]);
            if !is_unseen {
                put_varint(&mut value, since);
            }
            put_varint(&mut value, if is_whole { left / 1_000 } else { left });
        }
        _ => {
            value.push(flags | WIDE);
            value.extend([created, seen, expires].map(u64::to_be_bytes).as_flattened());
        }
    }
    value.extend_from_slice(&tail);
    value
}

/// What of the flags depends on the address.
pub(crate) const fn address_flags(address: Option<IpAddr>) -> u8 {
    match address {
        None => 0,
        Some(IpAddr::V4(_)) => ADDRESS_V4,
        Some(IpAddr::V6(_)) => ADDRESS_V6,
    }
}

/// What follows the times.
pub(crate) fn tail(row: &Row) -> Vec<u8> {
    let subject = row.subject.as_ref().map(Subject::as_str).unwrap_or_default();
    let mut tail = Vec::with_capacity(17 + subject.len() + row.body.len());
    match row.address {
        None => {}
        Some(IpAddr::V4(address)) => tail.extend(address.octets()),
        Some(IpAddr::V6(address)) => tail.extend(address.octets()),
    }
    tail.push(u8::try_from(subject.len()).expect("a subject has at most 255 octets"));
    tail.extend_from_slice(subject.as_bytes());
    tail.extend_from_slice(&row.body);
    tail
}

/// Whether somebody is replacing the session at the moment, or has died while at it.
pub(crate) fn is_claimed(value: &[u8]) -> bool {
    value.first().is_some_and(|flags| flags & CLAIMED != 0)
}

pub(crate) fn decode(value: &[u8]) -> Result<Loaded, Damaged> {
    Reader(value).loaded().ok_or(Damaged)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn loaded(mut self) -> Option<Loaded> {
        let flags = self.octet()?;
        if flags & CLAIMED != 0 {
            self.take(CLAIM_LEN)?;
            self.varint()?;
        }
        let version = if flags & FIRST == 0 { Version::from_number(self.varint()?) } else { Version::FIRST };
        let [created, seen, expires] = if flags & WIDE == 0 {
            let since_2020 = self.array::<5>()?.into_iter().fold(0, |sum, octet| sum << 8 | u64::from(octet));
            let created = EPOCH_MS + since_2020;
            let seen = if flags & UNSEEN == 0 { created.checked_add(self.varint()?)? } else { created };
            let left = self.varint()?.checked_mul(if flags & SECONDS == 0 { 1 } else { 1_000 })?;
            [created, seen, seen.checked_add(left)?]
        } else {
            [self.wide()?, self.wide()?, self.wide()?]
        };
        let address = match flags & ADDRESS {
            0 => None,
            ADDRESS_V4 => Some(IpAddr::from(self.array::<4>()?)),
            ADDRESS_V6 => Some(IpAddr::from(self.array::<16>()?)),
            _ => return None,
        };
        let len = self.octet()?;
        let subject = match len {
            0 => None,
            len => {
                let text = std::str::from_utf8(self.take(len.into())?).ok()?;
                Some(Subject::new(text).ok()?)
            }
        };
        let row = Row {
            subject,
            created_at: Timestamp::from_millis(created),
            last_seen_at: Timestamp::from_millis(seen),
            expires_at: Timestamp::from_millis(expires),
            address,
            body: RowBody::from_slice(self.0),
        };
        Some(Loaded { row, version })
    }

    fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, len: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn wide(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let octet = self.octet()?;
            value |= u64::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row {
            subject: Some(Subject::new("user-01234").unwrap()),
            created_at: Timestamp::from_millis(1_700_000_000_000),
            last_seen_at: Timestamp::from_millis(1_700_000_000_000),
            expires_at: Timestamp::from_millis(1_700_001_800_000),
            address: None,
            body: RowBody::from_slice(&[7; 64]),
        }
    }

    #[test]
    fn a_value_reads_as_the_row_that_was_written() {
        let rows = [
            row(),
            Row { subject: None, address: Some([192, 0, 2, 7].into()), body: RowBody::new(), ..row() },
            Row { address: Some([0x2001_u16, 0xdb8, 0, 0, 0, 0, 0, 1].into()), ..row() },
            Row { created_at: Timestamp::MAX, ..row() },
            Row { expires_at: Timestamp::MAX, ..row() },
            Row { last_seen_at: Timestamp::EPOCH, ..row() },
            Row { last_seen_at: Timestamp::from_millis(1_700_000_000_001), ..row() },
            Row { created_at: Timestamp::EPOCH, ..row() },
        ];
        for row in rows {
            assert_eq!(decode(&encode(&row)), Ok(Loaded { row, version: Version::FIRST }));
        }
    }

    #[test]
    fn a_fresh_row_of_an_ordinary_session_has_9_octets_beside_its_subject_and_its_body() {
        assert_eq!(encode(&row()).len(), 9 + "user-01234".len() + 64);
    }

    #[test]
    fn a_value_that_is_cut_off_before_its_body_is_damaged() {
        let value = encode(&row());
        for len in 0..value.len() - 64 {
            assert_eq!(decode(&value[..len]), Err(Damaged));
        }
    }
}
