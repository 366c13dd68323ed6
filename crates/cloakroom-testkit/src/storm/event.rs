//! What was asked, when, and what came of it.

use std::fmt;

use cloakroom_core::store::{Inserted, Revoked, Row, RowBody, Swap, Touch, Touched, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};
use tokio::time::Instant;

/// A moment of a history: the how-manyth begin or end of a call it is.
pub(super) type Moment = u64;

/// Which write of a history: no two have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Mark(pub(super) u64);

/// A call and its end.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) client: usize,
    pub(super) began: Moment,
    pub(super) ended: Moment,
    /// Times between which the call began: its place among the moments is not known to the clock.
    pub(super) asked_at: Instant,
    pub(super) began_at: Instant,
    pub(super) call: Call,
    pub(super) outcome: Outcome,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, began, ended, call, outcome, .. } = self;
        write!(f, "{began} to {ended}, client {client}: {call:?}: {outcome:?}")
    }
}

/// Something to ask of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Load(SessionId),
    LoadNow(SessionId),
    /// A visitor's session, or that of a subject in a store without an index.
    Insert(NewSession),
    /// A subject's session through the index.
    SignIn(NewSession, Terms),
    Replace {
        id: SessionId,
        subject: Option<Subject>,
        mark: Mark,
        base: Sighting,
    },
    Touch(SessionId, Touch),
    Revoke(SessionId),
    Purge,
    Fence(Subject),
    List(Subject),
    RevokeSubject(Subject, Option<SessionId>),
    RevokeEveryone,
}

/// A session to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewSession {
    pub(super) id: SessionId,
    pub(super) subject: Option<Subject>,
    pub(super) mark: Mark,
    pub(super) replaces: Option<(SessionId, Sighting)>,
}

/// What a sign-in shows to the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) fence: cloakroom_core::store::Fence,
    pub(super) fence_began: Moment,
    pub(super) fence_ended: Moment,
    pub(super) cap: Option<cloakroom_core::store::Cap>,
}

/// A row as somebody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) mark: Mark,
    pub(super) version: Version,
    pub(super) last_seen_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An error, or no answer in time: it may have had its effect, may have it later, or never.
    Unknown(String),
    /// What is no row that anybody wrote.
    Garbage(String),
    Loaded(Option<Sighting>),
    Inserted(Inserted),
    SignedIn {
        evicted: Vec<SessionId>,
    },
    Full,
    Fenced,
    Duplicate,
    Swapped(Swap),
    Touched(Touched),
    Revoked(Revoked),
    Purged(usize),
    FenceTaken(cloakroom_core::store::Fence),
    Listed(Vec<(SessionId, Option<Subject>, Sighting)>),
    Ended(Vec<SessionId>),
    EndedEveryone(u64),
}

impl Outcome {
    pub(super) const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// The moment that rows begin at.
pub(super) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// The row of a write. Its body says which write it is, several times over, so that half of it shows.
pub(super) fn row(
    mark: Mark,
    subject: Option<Subject>,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
) -> Row {
    Row { subject, created_at: START, last_seen_at, expires_at, address: None, body: body(mark) }
}

fn body(mark: Mark) -> RowBody {
    let times = 1 + usize::try_from(mark.0 % 40).unwrap_or_default();
    RowBody::from_slice(&mark.0.to_le_bytes().repeat(times))
}

/// Which write a row is of; `None` when it is whole of none.
pub(super) fn mark_of(row: &Row) -> Option<Mark> {
    let mark = Mark(u64::from_le_bytes(*row.body.first_chunk()?));
    (row.body == body(mark) && row.created_at == START).then_some(mark)
}
