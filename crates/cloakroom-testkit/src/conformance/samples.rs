//! Rows, IDs and moments for checks.

use cloakroom_core::store::{Row, RowBody, Seen, Touch, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};

use crate::entropy::Seeded;

/// How often a race is run: each round is a fresh chance for the wrong interleaving.
pub(crate) const ROUNDS: u64 = 40;

/// The moment that rows of checks begin at, in milliseconds.
const START_MS: u64 = 1_700_000_000_000;

/// How long rows of checks live, in milliseconds.
const LIFE_MS: u64 = 3_600_000;

/// The `number`th session of a check; the octets are spread as those of real IDs are.
pub(crate) fn id(number: u64) -> SessionId {
    SessionId::from_octets(Seeded::new(number).octets())
}

/// The `number`th session of a check, when it is a visitor's: those may be anywhere.
pub(crate) fn visitor(number: u64) -> SessionId {
    id(number)
}

/// `millis` after the begin of the check.
pub(crate) const fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(START_MS + millis)
}

/// The end of life of a row that was not touched, and `millis` more.
pub(crate) const fn end(millis: u64) -> Timestamp {
    at(LIFE_MS + millis)
}

/// A touch `millis` after the begin.
pub(crate) const fn later(millis: u64) -> Touch {
    Touch { last_seen_at: at(millis), expires_at: end(millis) }
}

/// A visitor's session.
pub(crate) fn row() -> Row {
    Row {
        subject: None,
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: end(0),
        address: None,
        body: RowBody::from_slice(b"a body"),
    }
}

/// A session of this subject.
pub(crate) fn row_of(subject: &Subject) -> Row {
    Row { subject: Some(subject.clone()), ..row() }
}

/// A session of this subject that began `millis` after the begin of the check.
pub(crate) fn row_of_at(subject: &Subject, millis: u64) -> Row {
    Row { created_at: at(millis), last_seen_at: at(millis), expires_at: end(millis), ..row_of(subject) }
}

/// A row with this body.
pub(crate) fn row_with(body: &[u8]) -> Row {
    Row { body: RowBody::from_slice(body), ..row() }
}

/// A row whose body counts.
pub(crate) fn row_counting(count: u64) -> Row {
    row_with(&count.to_le_bytes())
}

/// What a counting row has counted; `None` when its body is something else.
pub(crate) fn count_of(row: &Row) -> Option<u64> {
    row.body.as_slice().try_into().ok().map(u64::from_le_bytes)
}

/// A session as it was inserted.
pub(crate) const fn first_of(id: SessionId) -> Seen {
    Seen { id, version: Version::FIRST }
}

/// A subject of this name.
pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).expect("names in checks are legal subjects")
}

pub(crate) fn alice() -> Subject {
    subject("alice")
}

pub(crate) fn bob() -> Subject {
    subject("bob")
}
