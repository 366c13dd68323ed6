//! An event as the trail gives it back.

use cloakroom::Timestamp;
use cloakroom_stores::Record;

use crate::accounts::AccountsError;
use crate::events::cursor::{EventCursor, EventNumber};
use crate::utc::rfc3339_millis;

/// An event out of the trail. All of it is text: a newer instance may have written kinds that this one does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place among all.
    pub number: EventNumber,
    /// When it happened, by the clock of the process that recorded it.
    pub at: Timestamp,
    /// What happened: the name of an [`EventKind`](crate::EventKind), or a newer one.
    pub kind: String,
    /// The name of a [`Severity`](crate::Severity).
    pub severity: String,
    /// The number of the user whose account or session it is about.
    pub subject: Option<String>,
    /// Their name in lower case.
    pub user: Option<String>,
    /// The ID of the session that it is about.
    pub session: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// What the client called itself.
    pub agent: Option<String>,
    /// The application that it is about.
    pub app: Option<String>,
    /// Who did it: `user:NAME`, `api_key:ID`, `provider:NAME`, `command_line`, `command_line:NAME`, `gateway` or `stranger`.
    pub actor: String,
    /// Why, in a word of the program's own.
    pub reason: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// By what the log knows the request.
    pub request: Option<String>,
    /// The process that recorded it.
    pub instance: String,
}

impl RecordedEvent {
    /// When it happened, in RFC 3339 with milliseconds.
    pub fn at_utc(&self) -> String {
        rfc3339_millis(self.at)
    }

    /// The place behind it in a list that begins with the newest.
    pub fn cursor(&self) -> EventCursor {
        EventCursor { at_ms: i64::try_from(self.at.as_millis()).unwrap_or(i64::MAX), number: self.number.0 }
    }

    pub(super) fn read(row: &Record) -> Result<Self, AccountsError> {
        let unreadable = |column| AccountsError::UnreadableEvent { column };
        let any = |place: usize| row.text(place).map(str::to_owned);
        let at = row.number(1).and_then(|millis| u64::try_from(millis).ok());
        Ok(Self {
            number: EventNumber(row.number(0).ok_or(unreadable("id"))?),
            at: Timestamp::from_millis(at.ok_or(unreadable("at_ms"))?),
            kind: any(2).ok_or(unreadable("kind"))?,
            severity: any(3).ok_or(unreadable("severity"))?,
            subject: any(4),
            user: any(5),
            session: any(6),
            address: any(7),
            agent: any(8),
            app: any(9),
            actor: any(10).ok_or(unreadable("actor"))?,
            reason: any(11),
            detail: any(12),
            request: any(13),
            instance: any(14).ok_or(unreadable("instance"))?,
        })
    }
}
