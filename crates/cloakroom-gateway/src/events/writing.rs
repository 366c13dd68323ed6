//! From the queue into the database.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cloakroom::store::ErrorKind;
use cloakroom::{Clock, SystemClock};
use cloakroom_stores::{Changed, Datum};
use tokio::time::{Instant, sleep, timeout};

use crate::accounts::{Accounts, AccountsError};
use crate::events::actor::Actor;
use crate::events::event::Event;
use crate::events::instance::Instance;
use crate::events::kind::EventKind;
use crate::events::queue::Numbered;
use crate::events::reader;
use crate::events::statements::{COLUMNS, SIZES, writing};
use crate::events::text::bounded;
use crate::events::trail::{Trail, Unsettled};

/// How long events wait for others that go into the same transaction. What is recorded is on the disk this much later, and a
/// process that is killed loses no more of the database's part of the trail.
const GATHER: Duration = Duration::from_millis(50);

/// How long to wait after the database has refused; twice as long each time, up to the last.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(5)];

/// How often it is looked what of a flood has not been told of.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How often what is too old is removed.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// How long a process that ends waits for the database.
const FAREWELL: Duration = Duration::from_secs(3);

/// Names that are kept in memory.
const NAMES_MAX: usize = 10_000;

/// The most characters of a column that holds a word or a name.
const WORD_MAX: usize = 64;

impl Trail {
    /// Writes down whatever is recorded, for as long as the process runs, and removes what is older than it is kept.
    ///
    /// While the database takes nothing, events wait in the queue; when that is full, what comes is in the log alone, is counted,
    /// and is told of as soon as the database is back.
    pub(crate) async fn keep_writing(self, accounts: Accounts, clock: impl Clock, kept: Duration) {
        let mut pause = PAUSES[0];
        let mut forget_at = Instant::now() + LOOK_EVERY;
        loop {
            let _either = timeout(LOOK_EVERY, self.0.wake.notified()).await;
            sleep(GATHER).await;
            self.tell_of_floods(&clock);
            match self.write_down(&accounts, &clock).await {
                Ok(()) => pause = PAUSES[0],
                Err(error) => {
                    if pause == PAUSES[0] {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(error, "events cannot be written down; they wait, and are in the log");
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(PAUSES[1]);
                    self.0.wake.notify_one();
                    continue;
                }
            }
            if forget_at <= Instant::now() {
                forget_at = Instant::now() + FORGET_EVERY;
                if let Err(error) = reader::forget(&accounts, clock.now().before(kept)).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "old events could not be removed");
                }
            }
        }
    }

    /// Begins to [keep writing](Trail::keep_writing) on a task of its own.
    pub(crate) fn begin_writing(
        &self,
        accounts: Accounts,
        clock: std::sync::Arc<SystemClock>,
        kept: Duration,
    ) -> tokio::task::JoinHandle<()> {
        self.begin_gateway();
        tokio::spawn(self.clone().keep_writing(accounts, clock, kept))
    }

    /// The process ends: writes down what is left, if the database takes it soon.
    pub(crate) async fn end(&self, accounts: &Accounts, clock: &impl Clock) {
        self.tell_of_floods(clock);
        if !matches!(timeout(FAREWELL, self.write_down(accounts, clock)).await, Ok(Ok(()))) {
            tracing::error!(events = self.waiting(), "the last events could not be written down; they are in the log");
        }
    }

    /// Where no task writes, writes down what was recorded: a command does not return before.
    ///
    /// # Errors
    /// When it could not be written down. What was done is done.
    pub(crate) async fn settle(&self, accounts: &Accounts, clock: &impl Clock) -> Result<(), AccountsError> {
        if self.0.has_writer.load(Ordering::Acquire) {
            return Ok(());
        }
        self.write_down(accounts, clock).await
    }

    /// Writes down all that waits.
    async fn write_down(&self, accounts: &Accounts, clock: &impl Clock) -> Result<(), AccountsError> {
        let mut unsettled = self.0.writing.lock().await;
        loop {
            let rows = match unsettled.rows {
                Some(rows) => rows,
                None => match SIZES.into_iter().find(|size| *size <= self.waiting()) {
                    Some(rows) => rows,
                    None => return Ok(()),
                },
            };
            let chunk = self.queue().first(rows);
            if let Err(error) = self.write(accounts, &chunk, &mut unsettled).await {
                self.0.counts.failures.fetch_add(1, Ordering::Relaxed);
                return Err(error);
            }
            unsettled.rows = None;
            self.queue().settle(rows);
            self.tell_of_losses(clock);
        }
    }

    /// Writes a chunk. Rows that are there already are those of an attempt whose answer was lost: they were written together.
    async fn write(
        &self,
        accounts: &Accounts,
        chunk: &[Numbered],
        unsettled: &mut Unsettled,
    ) -> Result<(), AccountsError> {
        let mut values = Vec::with_capacity(chunk.len() * COLUMNS);
        for Numbered { count, event } in chunk {
            let name = name_of(accounts, event, unsettled).await?;
            values.extend(row(event, name.as_deref(), self.0.instance, *count));
        }
        unsettled.rows = Some(chunk.len());
        match accounts.change("write down events", writing(chunk.len()), values).await {
            Ok(Changed::Done) => Ok(()),
            Ok(Changed::Undone) => Err(AccountsError::UnreadableEvent { column: "last_id" }),
            Err(error) if error.kind() == Some(ErrorKind::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn tell_of_losses(&self, clock: &impl Clock) {
        let lost = self.queue().take_lost();
        if lost > 0 {
            let told = Event::new(EventKind::EventsLost, clock.now()).by(Actor::Gateway);
            self.take_in(told.detail(format_args!("{lost} more came than could wait, and are in the log alone")));
        }
    }

    fn tell_of_floods(&self, clock: &impl Clock) {
        for (kind, untold) in self.0.flood.take_untold() {
            let told = Event::new(kind, clock.now()).by(Actor::Stranger).because("repeated");
            self.take_in(told.detail(format_args!("{untold} more, which are not written down one by one")));
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, crate::events::queue::Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of whom an event is about.
async fn name_of(
    accounts: &Accounts,
    event: &Event,
    unsettled: &mut Unsettled,
) -> Result<Option<Box<str>>, AccountsError> {
    let (None, Some(id)) = (&event.subject_name, event.subject) else { return Ok(event.subject_name.clone()) };
    if let Some(name) = unsettled.names.get(&id) {
        return Ok(Some(name.clone()));
    }
    let Some(found) = accounts.get(id).await? else { return Ok(None) };
    let name: Box<str> = found.user.name.canonical().into();
    if unsettled.names.len() >= NAMES_MAX {
        unsettled.names.clear();
    }
    unsettled.names.insert(id, name.clone());
    Ok(Some(name))
}

/// The values of a row, in the order of the statement's columns.
fn row(event: &Event, name: Option<&str>, instance: Instance, count: i64) -> [Datum; COLUMNS] {
    let text = |text: &str| Datum::Text(text.to_owned());
    let word = |word: Option<&str>| word.and_then(|word| bounded(word, WORD_MAX)).as_deref().map_or(Datum::Null, text);
    let long = |words: Option<&str>| words.map_or(Datum::Null, text);
    let actor = match (&event.actor, name) {
        (Some(Actor::Subject), Some(name)) => Actor::User(name.into()).to_string(),
        (Some(actor), _) => actor.to_string(),
        (None, _) => Actor::Gateway.to_string(),
    };
    [
        Datum::Number(i64::try_from(event.at.as_millis()).unwrap_or(i64::MAX)),
        text(event.kind.as_str()),
        text(event.kind.severity().as_str()),
        event.subject.map_or(Datum::Null, |id| Datum::Text(id.to_string())),
        word(name),
        event.session.map_or(Datum::Null, |id| Datum::Text(id.to_string())),
        event.address.map_or(Datum::Null, |address| Datum::Text(address.to_canonical().to_string())),
        long(event.agent.as_deref()),
        word(event.app.as_deref()),
        Datum::Text(actor.chars().take(Actor::LEN_MAX).collect()),
        word(event.reason),
        long(event.detail.as_deref()),
        word(event.request.as_deref()),
        Datum::Text(instance.to_string()),
        Datum::Number(count),
    ]
}
