//! Whatever octets a store hands back, reading them never panics, and what is accepted means the same when written again.

use std::net::IpAddr;

use cloakroom_core::record::{FORMAT, Undecodable};
use cloakroom_core::store::Row;
use cloakroom_core::{Lifetime, Record, Subject, Timestamp};
use proptest::prelude::*;

use crate::golden::all_files;

/// Reads a row that may be anything; `None` when it is refused.
fn read(row: &Row) -> Option<Record> {
    let record = Record::from_row(row).ok()?;
    let again = Record::from_row(&record.to_row(&Lifetime::default()));
    assert_eq!(again.as_ref(), Ok(&record), "what was accepted means something else when written again");
    Some(*record)
}

fn with_body(row: &Row, body: &[u8]) -> Row {
    Row { body: body.iter().copied().collect(), ..row.clone() }
}

#[test]
fn behaviour_27_a_record_with_a_flipped_octet_or_bit_is_refused_or_read_and_never_a_panic() {
    for (_, row) in all_files() {
        for place in 0..row.body.len() {
            for flip in [0xff, 1, 2, 4, 8, 16, 32, 64, 128] {
                let mut body = row.body.to_vec();
                body[place] ^= flip;
                read(&with_body(&row, &body));
            }
        }
    }
}

#[test]
fn behaviour_27_a_record_that_was_cut_off_is_refused_unless_the_cut_falls_between_two_slots() {
    for (name, row) in all_files() {
        let whole = Record::from_row(&row).unwrap();
        for len in 0..row.body.len() {
            let Some(cut) = read(&with_body(&row, &row.body[..len])) else { continue };
            assert_eq!(cut.with_slots(whole.slots().clone()), *whole, "{name} cut to {len} octets");
        }
    }
}

#[test]
fn behaviour_27_a_record_with_octets_after_its_end_is_refused() {
    for (name, row) in all_files() {
        for octet in 0..=u8::MAX {
            let mut body = row.body.to_vec();
            body.push(octet);
            assert_eq!(read(&with_body(&row, &body)), None, "{name} and {octet}");
        }
    }
}

#[test]
fn behaviour_27_a_format_that_this_version_does_not_know_is_named() {
    /// The first octet of a remembered browser's row, which is of another kind.
    const SERIES: u8 = 0xfd;
    for (_, row) in all_files() {
        for format in (FORMAT + 1)..=u8::MAX {
            let mut body = row.body.to_vec();
            body[0] = format;
            let expected = match format {
                SERIES => Undecodable::Series,
                format => Undecodable::Format(format),
            };
            assert_eq!(Record::from_row(&with_body(&row, &body)), Err(expected));
        }
    }
}

/// Story: a column was edited by hand, and a visitor's row was about to be somebody's session.
#[test]
fn a_row_whose_subject_column_came_or_went_is_refused() {
    for (_, row) in all_files() {
        let subject = match row.subject {
            Some(_) => None,
            None => Some(Subject::new("mallory").unwrap()),
        };
        assert_eq!(Record::from_row(&Row { subject, ..row.clone() }), Err(Undecodable::Damaged));
    }
}

fn any_row() -> impl Strategy<Value = Row> {
    let times = (any::<u64>(), any::<u64>(), any::<u64>());
    (prop::option::of("[a-z]{1,9}"), times, any::<Option<IpAddr>>(), any_body()).prop_map(
        |(subject, (created_at, last_seen_at, expires_at), address, body)| Row {
            subject: subject.map(|subject| Subject::new(&subject).expect("letters are a subject")),
            created_at: Timestamp::from_millis(created_at),
            last_seen_at: Timestamp::from_millis(last_seen_at),
            expires_at: Timestamp::from_millis(expires_at),
            address,
            body: body.into_iter().collect(),
        },
    )
}

/// Anything at all; and, since nearly nothing of that is a record, golden octets with a few splices.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let golden: Vec<_> = all_files().into_iter().map(|(_, row)| row.body.to_vec()).collect();
    let splice = (any::<prop::sample::Index>(), 0..4_usize, prop::collection::vec(any::<u8>(), 0..4));
    let spliced = (prop::sample::select(golden), prop::collection::vec(splice, 0..4)).prop_map(
        |(mut body, splices)| {
            for (place, removed, added) in splices {
                let start = place.index(body.len());
                let end = (start + removed).min(body.len());
                body.splice(start..end, added);
                body.push(0);
            }
            body
        },
    );
    prop_oneof![prop::collection::vec(any::<u8>(), 0..300), spliced]
}

proptest! {
    #[test]
    fn behaviour_27_no_row_makes_reading_panic_and_what_is_accepted_is_stable(row in any_row()) {
        read(&row);
    }
}
