//! The trail, read.

use std::net::IpAddr;
use std::time::Duration;

use cloakroom::Timestamp;
use cloakroom_stores::Datum;

use crate::accounts::{Accounts, AccountsError, UserId};
use crate::events::cursor::{EventCursor, EventNumber};
use crate::events::kind::EventKind;
use crate::events::recorded::RecordedEvent;
use crate::events::statements::{AFTER, FORGET, LAST, OLD, page_by};

/// Which events are wanted; without anything said, all.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFilter {
    /// About this user.
    pub subject: Option<UserId>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// Of requests from this address.
    pub address: Option<IpAddr>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

impl EventFilter {
    /// Whether an event is among those that are wanted.
    pub(crate) fn takes(&self, event: &RecordedEvent) -> bool {
        let is = |text: &Option<String>, wanted: &str| text.as_deref() == Some(wanted);
        self.subject.is_none_or(|subject| is(&event.subject, &subject.to_string()))
            && self.kind.is_none_or(|kind| event.kind == kind.as_str())
            && self.address.is_none_or(|address| is(&event.address, &address.to_canonical().to_string()))
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at < until)
    }
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
    let EventCursor { at_ms, number } = first(after, filter.until);
    let mut values = vec![
        Datum::Number(at_ms),
        Datum::Number(number),
        filter.since.map_or(Datum::Number(0), time),
        Datum::Number(i64::try_from(events_max).unwrap_or(i64::MAX)),
    ];
    let EventFilter { subject, kind, address, .. } = filter;
    let statement = page_by(subject.is_some(), kind.is_some(), address.is_some());
    values.extend(subject.map(|subject| Datum::Text(subject.to_string())));
    values.extend(kind.map(|kind| Datum::Text(kind.as_str().to_owned())));
    values.extend(address.map(|address| Datum::Text(address.to_canonical().to_string())));
    let rows = accounts.read("list events", statement, values).await?;
    rows.iter().map(RecordedEvent::read).collect()
}

/// The place that a list begins behind.
fn first(after: Option<EventCursor>, until: Option<Timestamp>) -> EventCursor {
    let until = until.and_then(|until| i64::try_from(until.as_millis()).ok());
    let until = until.map_or(EventCursor::START, |until| EventCursor { at_ms: until, number: 0 });
    match after {
        Some(after) if after.at_ms < until.at_ms => after,
        _ => until,
    }
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
