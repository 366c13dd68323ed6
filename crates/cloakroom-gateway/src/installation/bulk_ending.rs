//! Ending all sessions that are like this, however many there are, beside what else goes on.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use cloakroom::store::PageCursor;
use cloakroom::{SessionId, Timestamp};
use tokio::task::JoinSet;

use crate::accounts::UserName;
use crate::events::{self, EventKind};
use crate::installation::session_search::LOOKED_AT_MAX;
use crate::installation::{EndReason, Installation, InstallationError, SessionFilter, SessionSearch};

/// How many sessions are ended before it is looked for more.
const BATCH: usize = 512;

/// How many are ended at the same time: a store that gathers writes has some to gather, and requests find a place between them.
const LANES: usize = 16;

/// Above so many events that wait to be written down, the next batch waits for them: none is lost for want of room.
const EVENTS_WAITING_MAX: usize = 4096;

/// How many are counted before it is asked whether they are to end.
const COUNTED_MAX: usize = 1000;

/// How many that are over are remembered.
const REMEMBERED: usize = 10;

/// What is under way in this process, and what was, the latest first.
#[derive(Debug, Default)]
pub(super) struct BulkEndings(Mutex<VecDeque<Arc<BulkEnding>>>);

/// Ending all sessions that are like this.
#[derive(Debug)]
pub(crate) struct BulkEnding {
    /// Which sessions.
    pub(crate) filter: SessionFilter,
    /// Why.
    pub(crate) reason: EndReason,
    /// Who has asked for it.
    pub(crate) by: UserName,
    /// Since when. What began later is spared.
    pub(crate) begun_at: Timestamp,
    ended: AtomicU64,
    outcome: OnceLock<BulkOutcome>,
}

/// How it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BulkOutcome {
    /// No such session is left.
    Done,
    /// The store or the trail failed; what was ended until then stays ended.
    Failed,
}

/// How many sessions are like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// So many.
    All(usize),
    /// As many, and perhaps more: they were not counted to the end.
    AtLeast(usize),
}

impl BulkEnding {
    /// How many it has ended so far.
    pub(crate) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// How it came to its end; `None` while it is under way.
    pub(crate) fn outcome(&self) -> Option<BulkOutcome> {
        self.outcome.get().copied()
    }
}

impl BulkEndings {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<BulkEnding>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Installation {
    /// How many live sessions are looked for, counted as far as one look goes.
    ///
    /// # Errors
    /// [`InstallationError::Sessions`].
    pub(crate) async fn count_sessions(&self, search: &SessionSearch) -> Result<Counted, InstallationError> {
        let found = self.find_infos(search, None, COUNTED_MAX, LOOKED_AT_MAX).await?;
        let count = found.infos.len();
        Ok(if found.next.is_none() { Counted::All(count) } else { Counted::AtLeast(count) })
    }

    /// Begins to end all sessions that are looked for but `spare`, on a task of its own; `None` while this process is about another such
    /// task.
    ///
    /// Each session has its event, by whoever is behind this request and with the reason, and the whole has one at its end. A process that
    /// ends meanwhile leaves the rest as it is.
    pub(crate) fn begin_ending(
        &self,
        (filter, search): (SessionFilter, SessionSearch),
        reason: EndReason,
        by: UserName,
        spare: SessionId,
    ) -> Option<Arc<BulkEnding>> {
        let begun_at = self.now();
        let ending = Arc::new(BulkEnding {
            filter,
            reason,
            by,
            begun_at,
            ended: AtomicU64::new(0),
            outcome: OnceLock::new(),
        });
        let mut all = self.bulk_endings.lock();
        if all.front().is_some_and(|latest| latest.outcome().is_none()) {
            return None;
        }
        all.push_front(Arc::clone(&ending));
        all.truncate(REMEMBERED);
        drop(all);
        events::stating(ending.reason.as_str());
        let (installation, going_on) = (self.clone(), Arc::clone(&ending));
        tokio::spawn(events::carried(
            async move { installation.go_on_ending(going_on, search, spare).await },
        ));
        Some(ending)
    }

    /// Those of this process, the latest first.
    pub(crate) fn bulk_endings(&self) -> Vec<Arc<BulkEnding>> {
        self.bulk_endings.lock().iter().cloned().collect()
    }

    async fn go_on_ending(&self, ending: Arc<BulkEnding>, mut search: SessionSearch, spare: SessionId) {
        let before =
            search.wanted.created_before.map_or(ending.begun_at, |before| before.min(ending.begun_at));
        search.wanted.created_before = Some(before);
        let done = self.end_all(&ending, &search, spare).await;
        if let Err(error) = &done {
            tracing::error!(error = error as &dyn std::error::Error, "sessions are no longer being ended");
        }
        let words: Vec<String> =
            ending.filter.words().into_iter().map(|(field, word)| format!("{field} {word}")).collect();
        let which = if words.is_empty() { "all".to_owned() } else { words.join(", ") };
        let broke_off = if done.is_ok() { "" } else { ", then it broke off" };
        let detail = format!("{} ended{broke_off}: {which}", ending.ended());
        self.record(self.event(EventKind::SessionsEnded).detail(detail));
        let outcome = if done.is_ok() { BulkOutcome::Done } else { BulkOutcome::Failed };
        ending.outcome.set(outcome).expect("it comes to its end once");
    }

    async fn end_all(
        &self,
        ending: &Arc<BulkEnding>,
        search: &SessionSearch,
        spare: SessionId,
    ) -> Result<(), InstallationError> {
        let mut next: Option<PageCursor> = None;
        loop {
            let found = self.find_infos(search, next.as_ref(), BATCH, LOOKED_AT_MAX).await?;
            let ids: Vec<SessionId> =
                found.infos.iter().map(|info| info.id).filter(|id| *id != spare).collect();
            let mut lanes = JoinSet::new();
            for lane in ids.chunks(ids.len().div_ceil(LANES).max(1)) {
                let (sessions, lane, ending) = (self.sessions.clone(), lane.to_vec(), Arc::clone(ending));
                lanes.spawn(events::carried(async move {
                    for id in lane {
                        let has_ended = sessions.revoke(id).await?;
                        ending.ended.fetch_add(u64::from(has_ended), Ordering::Relaxed);
                    }
                    Ok::<_, cloakroom::Error>(())
                }));
            }
            while let Some(lane) = lanes.join_next().await {
                lane.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
            }
            if self.trail.waiting() > EVENTS_WAITING_MAX {
                self.catch_up_with_events().await?;
            }
            next = found.next;
            if next.is_none() {
                return Ok(());
            }
        }
    }
}
