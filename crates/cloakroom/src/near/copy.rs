//! What is remembered of a session.

use std::mem::size_of;

use cloakroom_core::store::{Loaded, Row, RowBody, Touch};
use cloakroom_core::{Subject, Timestamp};

use super::ring::Kept;

/// What an allocation takes beside what was asked for, at most, for sizes such as these.
const ALLOCATION_OCTETS: usize = 16;

/// A row as it was at some moment after `sent_at`, and no touch of this node missing.
pub(super) struct RowCopy {
    loaded: Loaded,
    sent_at: Timestamp,
}

/// That a session was absent at some moment after this one.
#[derive(Clone, Copy)]
pub(super) struct Absence(pub(super) Timestamp);

impl RowCopy {
    pub(super) fn new(loaded: &Loaded, sent_at: Timestamp) -> Box<Self> {
        Box::new(Self { loaded: exact(loaded), sent_at })
    }

    pub(super) fn loaded(&self) -> Loaded {
        exact(&self.loaded)
    }

    pub(super) const fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    pub(super) fn expires_at(&self) -> Timestamp {
        self.loaded.row.expires_at
    }

    pub(super) fn is_of(&self, subject: &Subject) -> bool {
        self.loaded.row.subject.as_ref() == Some(subject)
    }

    /// What a touch does to the row itself.
    pub(super) fn touch(&mut self, touch: Touch) {
        let row = &mut self.loaded.row;
        row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
        row.expires_at = row.expires_at.max(touch.expires_at);
    }
}

/// A clone that takes no more room than it needs; and the body octets as one block, which `clone` would take one by one.
fn exact(loaded: &Loaded) -> Loaded {
    let row = &loaded.row;
    Loaded {
        row: Row {
            subject: row.subject.clone(),
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: row.address,
            body: RowBody::from_slice(&row.body),
        },
        version: loaded.version,
    }
}

impl Kept for Box<RowCopy> {
    fn octets(&self) -> usize {
        // A short text lies in the subject itself; a long one is counted as if it never did.
        let subject = self.loaded.row.subject.as_ref().map_or(0, |subject| subject.as_str().len());
        let subject = if subject > size_of::<Subject>() { subject + ALLOCATION_OCTETS } else { 0 };
        let body = &self.loaded.row.body;
        let body = if body.spilled() { body.capacity() + ALLOCATION_OCTETS } else { 0 };
        size_of::<RowCopy>() + ALLOCATION_OCTETS + subject + body
    }

    fn sent_at(&self) -> Timestamp {
        self.sent_at
    }
}

impl Kept for Absence {
    fn octets(&self) -> usize {
        0
    }

    fn sent_at(&self) -> Timestamp {
        self.0
    }
}
