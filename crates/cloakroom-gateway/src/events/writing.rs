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
                        tracing::error!(
                            error,
                            "events cannot be written down; they wait, and are in the log"
                        );
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
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "old events could not be removed"
                    );
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
            tracing::error!(
                events = self.waiting(),
                "the last events could not be written down; they are in the log"
            );
        }
    }

    /// Where no task writes, writes down what was recorded: a command does not return before.
    ///
    /// # Errors
    /// When it could not be written down. What was done is done.
    pub(crate) async fn settle(&self, accounts: &Accounts, clock: &impl Clock) -> Result<(), AccountsError> {
        if self.has_writer() {
            return Ok(());
        }
        self.write_down(accounts, clock).await
    }

    /// Writes down all that waits, beside the task that does: for whoever records more than there is room for.
    ///
    /// # Errors
    /// When it could not be written down; it waits on.
    pub(crate) async fn catch_up(
        &self,
        accounts: &Accounts,
        clock: &impl Clock,
    ) -> Result<(), AccountsError> {
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
            self.take_in(
                told.detail(format_args!("{lost} more came than could wait, and are in the log alone")),
            );
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
    let (None, Some(id)) = (&event.subject_name, event.subject) else {
        return Ok(event.subject_name.clone());
    };
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
    let word = |word: Option<&str>| {
        word.and_then(|word| bounded(word, WORD_MAX)).as_deref().map_or(Datum::Null, text)
    };
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

#[cfg(test)]
mod tests {
    use cloakroom::{OsEntropy, Timestamp};

    use super::*;
    use crate::events::cursor::EventNumber;
    use crate::events::queue::WAITING_MAX;
    use crate::events::reader::{self, EventFilter};
    use crate::events::recorded::RecordedEvent;
    use crate::events::watcher::EventWatcher;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[derive(Debug)]
    struct Nobody;

    impl EventWatcher for Nobody {
        fn happened(&self, _: EventKind, _: Option<&'static str>) {}

        fn visitor_began(&self) {}
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            NOW
        }
    }

    async fn scene() -> (tempfile::TempDir, Accounts, Trail) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display()).parse().unwrap();
        (folder, Accounts::open(&url).await.unwrap(), Trail::new(&OsEntropy, Nobody).unwrap())
    }

    fn record(trail: &Trail, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            trail.record(Event::new(EventKind::KeysRotated, NOW).detail(number));
        }
    }

    async fn all(accounts: &Accounts) -> Vec<RecordedEvent> {
        reader::after(accounts, EventNumber::default(), 100_000).await.unwrap()
    }

    fn details(events: &[RecordedEvent]) -> Vec<usize> {
        events.iter().map(|event| event.detail.as_ref().unwrap().parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn what_is_recorded_is_written_down_once_and_in_its_order() {
        let (_folder, accounts, trail) = scene().await;
        record(&trail, 0..200);
        trail.write_down(&accounts, &Still).await.unwrap();
        trail.write_down(&accounts, &Still).await.unwrap();
        let events = all(&accounts).await;
        assert_eq!(details(&events), (0..200).collect::<Vec<_>>());
        let numbers: Vec<i64> = events.iter().map(|event| event.number.as_i64()).collect();
        assert_eq!(numbers, (1..=200).collect::<Vec<_>>(), "without a gap");
    }

    /// The rows are there, and the process that wrote them never heard of it.
    #[tokio::test]
    async fn an_answer_that_was_lost_makes_no_event_twice_and_loses_none() {
        let (_folder, accounts, trail) = scene().await;
        record(&trail, 0..5);
        {
            let mut unsettled = trail.0.writing.lock().await;
            let chunk = trail.queue().first(4);
            trail.write(&accounts, &chunk, &mut unsettled).await.unwrap();
        }
        record(&trail, 5..70);
        trail.write_down(&accounts, &Still).await.unwrap();
        assert_eq!(details(&all(&accounts).await), (0..70).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_finds_no_room_is_counted_and_told_of_and_leaves_a_gap() {
        let (_folder, accounts, trail) = scene().await;
        record(&trail, 0..WAITING_MAX + 10);
        assert_eq!((trail.waiting(), trail.lost()), (WAITING_MAX, 10));
        trail.write_down(&accounts, &Still).await.unwrap();
        let events = all(&accounts).await;
        let last = events.last().unwrap();
        assert_eq!(
            (events.len(), last.kind.as_str(), last.severity.as_str()),
            (WAITING_MAX + 1, "events_lost", "alarm")
        );
        assert_eq!(last.detail.as_deref(), Some("10 more came than could wait, and are in the log alone"));
        let gap = "SELECT max(number) - count(*) FROM cloakroom_events";
        let rows = accounts.read("count a gap", gap, Vec::new()).await.unwrap();
        assert_eq!(rows[0].number(0), Some(10));
    }

    #[tokio::test]
    async fn a_flood_of_strangers_is_told_of_and_not_written_down_one_by_one() {
        let (_folder, accounts, trail) = scene().await;
        for _ in 0..1000 {
            trail.record(Event::new(EventKind::Throttled, NOW));
        }
        trail.tell_of_floods(&Still);
        trail.write_down(&accounts, &Still).await.unwrap();
        let events = all(&accounts).await;
        assert_eq!((events.len(), trail.recorded(EventKind::Throttled)), (301, 1000));
        assert_eq!(events[300].detail.as_deref(), Some("700 more, which are not written down one by one"));
    }

    #[tokio::test]
    async fn what_is_older_than_is_kept_is_removed_and_nothing_else() {
        let (_folder, accounts, trail) = scene().await;
        for second in 0..2500 {
            trail.record(
                Event::new(EventKind::KeysRotated, Timestamp::from_millis(1000 * second)).detail(second),
            );
        }
        trail.write_down(&accounts, &Still).await.unwrap();
        let steps = reader::forget(&accounts, Timestamp::from_millis(2_300_000)).await.unwrap();
        assert_eq!((steps, details(&all(&accounts).await)), (3, (2300..2500).collect()));
        assert_eq!(reader::forget(&accounts, Timestamp::from_millis(2_300_000)).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn pages_follow_each_other_from_the_newest_without_a_gap_although_times_are_equal() {
        let (_folder, accounts, trail) = scene().await;
        record(&trail, 0..25);
        trail.write_down(&accounts, &Still).await.unwrap();
        let (mut met, mut after) = (Vec::new(), None);
        loop {
            let page = reader::page(&accounts, &EventFilter::default(), after, 10).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.cursor());
            met.extend(details(&page));
        }
        assert_eq!(met, (0..25).rev().collect::<Vec<_>>());
    }
}
