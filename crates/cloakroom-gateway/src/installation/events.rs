//! The audit trail of an installation.

use std::time::Duration;

use cloakroom::Timestamp;
use tokio::task::JoinHandle;

use crate::accounts::UserId;
use crate::events::{Event, EventCursor, EventFilter, EventKind, EventNumber, RecordedEvent, Trail, reader};
use crate::installation::{Installation, InstallationError};
use crate::samples::{Point, Span, series};

impl Installation {
    /// Events, the newest first: at most so many, behind the [cursor](RecordedEvent::cursor) of the last one that is known.
    pub async fn events(
        &self,
        filter: &EventFilter,
        after: Option<EventCursor>,
        events_max: usize,
    ) -> Result<Vec<RecordedEvent>, InstallationError> {
        Ok(reader::page(&self.accounts, filter, after, events_max).await?)
    }

    /// What happened to one user's account and sessions, likewise.
    pub async fn events_of(
        &self,
        subject: UserId,
        after: Option<EventCursor>,
        events_max: usize,
    ) -> Result<Vec<RecordedEvent>, InstallationError> {
        let filter = EventFilter { subject: Some(subject), ..EventFilter::default() };
        self.events(&filter, after, events_max).await
    }

    /// Events in the order of their numbers, behind one: none is missed and none is met twice by whoever asks on with the last, from
    /// whichever instances they come.
    pub async fn events_after(
        &self,
        number: EventNumber,
        events_max: usize,
    ) -> Result<Vec<RecordedEvent>, InstallationError> {
        Ok(reader::after(&self.accounts, number, events_max).await?)
    }

    /// The number of the last event that is there.
    pub async fn last_event(&self) -> Result<EventNumber, InstallationError> {
        Ok(reader::last(&self.accounts).await?)
    }

    /// So long before now, by the clock that events are dated by.
    pub fn ago(&self, span: Duration) -> Timestamp {
        self.now().before(span)
    }

    /// An event of this moment, to be [recorded](Installation::record).
    pub(crate) fn event(&self, kind: EventKind) -> Event {
        Event::new(kind, self.now())
    }

    /// Records an event; waits for nothing.
    pub(crate) fn record(&self, event: Event) {
        self.trail.record(event);
    }

    /// Where events are counted.
    pub(crate) const fn trail(&self) -> &Trail {
        &self.trail
    }

    /// In a command, writes down what was recorded, before it returns; a gateway has a task that does.
    pub(super) async fn settle(&self) -> Result<(), InstallationError> {
        self.trail.settle(&self.accounts, &self.clock()).await.map_err(InstallationError::Unrecorded)?;
        // What else a command does is no load of the gateway's, which the overview shows.
        if !self.trail.has_writer() && self.metrics.totals().revocations > 0 {
            let written = self.samples.settle(&self.accounts, self.now()).await;
            written.map_err(InstallationError::Unrecorded)?;
        }
        Ok(())
    }

    /// [`Installation::record`] and then [`Installation::settle`].
    pub(super) async fn tell(&self, event: Event) -> Result<(), InstallationError> {
        self.record(event);
        self.settle().await
    }

    /// Waits until what was recorded until now is written down, by this call or by the task that does.
    pub(super) async fn catch_up_with_events(&self) -> Result<(), InstallationError> {
        self.trail.catch_up(&self.accounts, &self.clock()).await.map_err(InstallationError::Unrecorded)
    }

    /// This process is a gateway, and a task of it writes down what is recorded.
    pub(crate) fn begin_writing_events(&self) -> JoinHandle<()> {
        let writer = self.trail.begin_writing(self.accounts.clone(), self.clock(), self.events_kept);
        self.record(self.event(EventKind::GatewayStarted).detail(env!("CARGO_PKG_VERSION")));
        writer
    }

    /// A task of this process writes down each minute what has been counted.
    pub(crate) fn begin_sampling(&self) -> JoinHandle<()> {
        let keep = self.samples.clone().keep(self.accounts.clone(), self.store.clone(), self.clock());
        tokio::spawn(keep)
    }

    /// What was counted in all instances together, slot by slot, the oldest first.
    pub(crate) async fn series(&self, span: Span) -> Result<Vec<Point>, InstallationError> {
        Ok(series(&self.accounts, span, self.now()).await?)
    }

    /// The process ends: writes down what is left.
    pub(crate) async fn end_events(&self) {
        self.samples.end(&self.accounts, self.now()).await;
        self.record(self.event(EventKind::GatewayEnded));
        self.trail.end(&self.accounts, &self.clock()).await;
    }
}
