//! The octets of one session.
//!
//! ```text
//! cell = session ID, 16 octets | times, 16 | version, 6
//!      | next and previous in the timer's bucket, 3 each | next and previous of the subject, 4 each
//!      | length of body, 2 | length of subject, 1 | tag, 1 (bits 0-1 address, bit 2 body elsewhere)
//!      | address, 0, 4 or 16 | subject | body | zeros
//! ```
//! Numbers are little-endian. A body too long for the largest cell lies in a box of its own.

use std::net::IpAddr;

use cloakroom_core::store::{Row, RowBody, Version};
use cloakroom_core::{SessionId, Subject};

use super::pages::CELL_LEN_MAX;
use super::slot::{Handle, Slot};
use super::times::Times;

const HEADER_LEN: usize = 56;

mod tag {
    pub(super) const V4: u8 = 1;
    pub(super) const V6: u8 = 2;
    pub(super) const ADDRESS: u8 = 3;
    pub(super) const BODY_ELSEWHERE: u8 = 1 << 2;
}

/// Reads a cell.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    header: &'a [u8; HEADER_LEN],
    rest: &'a [u8],
}

/// Writes a cell.
pub(super) struct CellMut<'a> {
    header: &'a mut [u8; HEADER_LEN],
    rest: &'a mut [u8],
}

/// The neighbours in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Links<T> {
    pub(super) next: T,
    pub(super) previous: T,
}

impl Links<Slot> {
    pub(super) const NONE: Self = Self { next: Slot::NONE, previous: Slot::NONE };
}

impl Links<Handle> {
    pub(super) const NONE: Self = Self { next: Handle::NONE, previous: Handle::NONE };
}

/// How many octets of a cell this row takes.
pub(super) fn len_of(row: &Row) -> usize {
    let len = front_len(row) + row.body.len();
    if len > CELL_LEN_MAX { front_len(row) } else { len }
}

/// Whether the body of this row does not go into its cell.
pub(super) fn body_is_elsewhere(row: &Row) -> bool {
    front_len(row) + row.body.len() > CELL_LEN_MAX
}

fn front_len(row: &Row) -> usize {
    let address = match row.address {
        None => 0,
        Some(IpAddr::V4(_)) => 4,
        Some(IpAddr::V6(_)) => 16,
    };
    HEADER_LEN + address + row.subject.as_ref().map_or(0, |subject| subject.as_str().len())
}

impl<'a> Cell<'a> {
    #[inline]
    pub(super) fn new(octets: &'a [u8]) -> Self {
        let (header, rest) = octets.split_first_chunk().expect("every cell is longer than the header");
        Self { header, rest }
    }

    pub(super) fn id(self) -> SessionId {
        SessionId::from_octets(self.field::<0, 16>())
    }

    /// The times; `None` when they lie elsewhere.
    #[inline]
    pub(super) fn times(self) -> Option<Times> {
        Times::unpack(self.field::<16, 16>())
    }

    pub(super) fn version(self) -> Version {
        let mut number = [0; 8];
        number[..6].copy_from_slice(&self.field::<32, 6>());
        Version::from_number(u64::from_le_bytes(number))
    }

    pub(super) fn timer(self) -> Links<Slot> {
        Links {
            next: Slot::from_octets(self.field::<38, 3>()),
            previous: Slot::from_octets(self.field::<41, 3>()),
        }
    }

    pub(super) fn siblings(self) -> Links<Handle> {
        Links {
            next: Handle::from_octets(self.field::<44, 4>()),
            previous: Handle::from_octets(self.field::<48, 4>()),
        }
    }

    /// The subject's octets; none for a visitor.
    pub(super) fn subject(self) -> &'a [u8] {
        let start = self.address_len();
        &self.rest[start..][..self.subject_len()]
    }

    pub(super) fn body_is_elsewhere(self) -> bool {
        self.tag() & tag::BODY_ELSEWHERE != 0
    }

    /// The row, given the parts that may lie elsewhere.
    #[inline]
    pub(super) fn row(self, times: Times, body_elsewhere: Option<&[u8]>) -> Row {
        let subject = (self.subject_len() > 0).then(|| {
            let text = std::str::from_utf8(self.subject()).expect("it was written from a subject");
            Subject::new(text).expect("it was written from a subject")
        });
        let body = body_elsewhere.unwrap_or_else(|| {
            let start = self.address_len() + self.subject_len();
            &self.rest[start..][..usize::from(u16::from_le_bytes(self.field::<52, 2>()))]
        });
        Row {
            subject,
            created_at: times.created,
            last_seen_at: times.last_seen,
            expires_at: times.expires,
            address: self.address(),
            body: RowBody::from_slice(body),
        }
    }

    fn address(self) -> Option<IpAddr> {
        match self.tag() & tag::ADDRESS {
            tag::V4 => self.rest.first_chunk::<4>().map(|octets| IpAddr::from(*octets)),
            tag::V6 => self.rest.first_chunk::<16>().map(|octets| IpAddr::from(*octets)),
            _ => None,
        }
    }

    fn address_len(self) -> usize {
        match self.tag() & tag::ADDRESS {
            tag::V4 => 4,
            tag::V6 => 16,
            _ => 0,
        }
    }

    fn subject_len(self) -> usize {
        usize::from(self.header[54])
    }

    fn tag(self) -> u8 {
        self.header[55]
    }

    fn field<const AT: usize, const LEN: usize>(self) -> [u8; LEN] {
        *self.header[AT..].first_chunk().expect("every field lies within the header")
    }
}

impl<'a> CellMut<'a> {
    pub(super) fn new(octets: &'a mut [u8]) -> Self {
        let (header, rest) = octets.split_first_chunk_mut().expect("every cell is longer than the header");
        Self { header, rest }
    }

    pub(super) fn set_id(&mut self, id: SessionId) {
        self.set::<0, 16>(*id.as_octets());
    }

    /// Sets a word of [`Times::pack`], or [`Times::WIDE`].
    pub(super) fn set_times(&mut self, word: [u8; 16]) {
        self.set::<16, 16>(word);
    }

    /// Sets the version; of its number, 48 bits are kept, which is a write each microsecond for nine years.
    pub(super) fn set_version(&mut self, version: Version) {
        let number = version.number().to_le_bytes();
        self.set::<32, 6>(*number.first_chunk().expect("six of eight octets"));
    }

    pub(super) fn set_timer(&mut self, links: Links<Slot>) {
        self.set::<38, 3>(links.next.to_octets());
        self.set::<41, 3>(links.previous.to_octets());
    }

    pub(super) fn set_siblings(&mut self, links: Links<Handle>) {
        self.set::<44, 4>(links.next.to_octets());
        self.set::<48, 4>(links.previous.to_octets());
    }

    /// Writes subject, address and body, the last unless it lies elsewhere; wipes what stood there.
    pub(super) fn set_row(&mut self, row: &Row) {
        let subject = row.subject.as_ref().map_or("", Subject::as_str).as_bytes();
        let body_elsewhere = body_is_elsewhere(row);
        let body = if body_elsewhere { &[] } else { &row.body[..] };
        let (octets, kind): (&[u8], u8) = match &row.address {
            None => (&[], 0),
            Some(IpAddr::V4(address)) => (&address.octets(), tag::V4),
            Some(IpAddr::V6(address)) => (&address.octets(), tag::V6),
        };
        let body_len = u16::try_from(body.len()).expect("a cell has at most 1024 octets");
        self.set::<52, 2>(body_len.to_le_bytes());
        self.header[54] = u8::try_from(subject.len()).expect("a subject has at most 255 octets");
        self.header[55] = kind | if body_elsewhere { tag::BODY_ELSEWHERE } else { 0 };

        let mut rest = &mut *self.rest;
        for part in [octets, subject, body] {
            let (here, after) = rest.split_at_mut(part.len());
            here.copy_from_slice(part);
            rest = after;
        }
        rest.fill(0);
    }

    fn set<const AT: usize, const LEN: usize>(&mut self, octets: [u8; LEN]) {
        self.header[AT..][..LEN].copy_from_slice(&octets);
    }
}

#[cfg(test)]
mod tests {
    use cloakroom_core::Timestamp;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cell_reads_what_it_wrote_and_links_touch_nothing_else(
            subject in prop::option::of("[a-zé]{1,127}"),
            address in any::<Option<IpAddr>>(),
            body in prop::collection::vec(any::<u8>(), 0..1200),
        ) {
            let row = Row {
                subject: subject.map(|text| Subject::new(&text).unwrap()),
                created_at: Timestamp::from_millis(1),
                last_seen_at: Timestamp::from_millis(2),
                expires_at: Timestamp::from_millis(3),
                address,
                body: RowBody::from_slice(&body),
            };
            let mut octets = vec![0xee; len_of(&row).max(64)];
            let mut cell = CellMut::new(&mut octets);
            cell.set_row(&row);
            cell.set_id(SessionId::from_octets([7; 16]));
            cell.set_version(Version::from_number((1 << 48) - 2));
            cell.set_times(Times::of(&row).pack().unwrap());
            let timer = Links { next: Slot::new(8), previous: Slot::new(4_096) };
            let siblings = Links { next: Handle::new(9, Slot::new(80)), previous: Handle::NONE };
            cell.set_timer(timer);
            cell.set_siblings(siblings);

            let cell = Cell::new(&octets);
            prop_assert_eq!((cell.timer(), cell.siblings()), (timer, siblings));
            prop_assert_eq!(cell.id(), SessionId::from_octets([7; 16]));
            prop_assert_eq!(cell.version().number(), (1 << 48) - 2);
            let elsewhere = cell.body_is_elsewhere().then_some(&body[..]);
            prop_assert_eq!(cell.row(cell.times().unwrap(), elsewhere), row);
        }
    }
}
