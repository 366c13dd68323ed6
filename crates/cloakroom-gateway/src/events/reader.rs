//! The trail, read.

use std::time::Duration;

use cloakroom::Timestamp;
use cloakroom_stores::Datum;

use crate::accounts::{Accounts, AccountsError, UserId};
use crate::events::cursor::{EventCursor, EventNumber};
use crate::events::kind::EventKind;
use crate::events::recorded::RecordedEvent;
use crate::events::statements::{
    AFTER, FORGET, LAST, OLD, PAGE, PAGE_OF_BOTH, PAGE_OF_KIND, PAGE_OF_SUBJECT,
};

/// Which events are wanted; without anything said, all.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFilter {
    /// About this user.
    pub subject: Option<UserId>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// Not before this time.
    pub since: Option<Timestamp>,
}

/// How many old events are removed in one step, so that a purge holds nobody up.
const FORGOTTEN_AT_ONCE: i64 = 1000;

/// Events, the newest first: at most so many, behind a place.
pub(crate) async fn page(
    accounts: &Accounts,
    filter: &EventFilter,
    after: Option<EventCursor>,
    events_max: usize,
) -> Result<Vec<RecordedEvent>, AccountsError> {
    let EventCursor { at_ms, number } = after.unwrap_or(EventCursor::START);
    let mut values = vec![
        Datum::Number(at_ms),
        Datum::Number(number),
        filter.since.map_or(Datum::Number(0), time),
        Datum::Number(i64::try_from(events_max).unwrap_or(i64::MAX)),
    ];
    let statement = match (filter.subject, filter.kind) {
        (None, None) => PAGE,
        (Some(_), None) => PAGE_OF_SUBJECT,
        (None, Some(_)) => PAGE_OF_KIND,
        (Some(_), Some(_)) => PAGE_OF_BOTH,
    };
    values.extend(filter.subject.map(|subject| Datum::Text(subject.to_string())));
    values.extend(filter.kind.map(|kind| Datum::Text(kind.as_str().to_owned())));
    let rows = accounts.read("list events", statement, values).await?;
    rows.iter().map(RecordedEvent::read).collect()
}

/// Events behind a number, in the order of their numbers: none is missed and none is met twice by whoever asks on with the last.
pub(crate) async fn after(
    accounts: &Accounts,
    number: EventNumber,
    events_max: usize,
) -> Result<Vec<RecordedEvent>, AccountsError> {
    let most = Datum::Number(i64::try_from(events_max).unwrap_or(i64::MAX));
    let rows = accounts.read("follow events", AFTER, vec![Datum::Number(number.0), most]).await?;
    rows.iter().map(RecordedEvent::read).collect()
}

/// The number of the last event that can be seen.
pub(crate) async fn last(accounts: &Accounts) -> Result<EventNumber, AccountsError> {
    let rows = accounts.read("find the last event", LAST, Vec::new()).await?;
    let number = rows.first().and_then(|row| row.number(0));
    number.map(EventNumber).ok_or(AccountsError::UnreadableEvent { column: "last_id" })
}

/// Removes what is older than is kept, a bounded number at a time with a pause between; returns how often it had to.
pub(crate) async fn forget(accounts: &Accounts, older_than: Timestamp) -> Result<u32, AccountsError> {
    let mut steps = 0;
    loop {
        let values = vec![time(older_than), Datum::Number(FORGOTTEN_AT_ONCE)];
        let rows = accounts.read("find old events", OLD, values).await?;
        let Some(last) = rows.first().and_then(|row| row.number(0)) else { return Ok(steps) };
        let _may_be_none = accounts.change("forget old events", FORGET, vec![Datum::Number(last)]).await?;
        steps += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Between two steps of a purge.
const PAUSE: Duration = Duration::from_millis(20);

fn time(at: Timestamp) -> Datum {
    Datum::Number(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
}
