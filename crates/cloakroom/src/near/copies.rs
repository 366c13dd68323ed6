//! All copies, and who may make and use them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock, RwLockWriteGuard};
use std::time::Duration;

use cloakroom_core::store::{Change, ChangeSink, Touch};
use cloakroom_core::{Clock, SessionId, Subject, Timestamp, seconds};
use tokio::sync::watch;

use super::copy::{Absence, RowCopy};
use super::keys::Keys;
use super::options::NearOptions;
use super::shard::{Answer, Coming, Shard, Taken, Ticket};

/// Copies of rows, none of which is used beyond its bound or after its session was written or ended here.
pub(super) struct Copies {
    keys: Keys,
    shards: Box<[RwLock<Shard>]>,
    bound: Duration,
    clock: Arc<dyn Clock>,
    /// Rows that end by then may have been purged, and their copies are not used.
    purged_until_ms: AtomicU64,
    ends_under_way: AtomicUsize,
}

/// What to do for a caller who wants a row.
pub(super) enum Look<'a> {
    /// Give it this.
    Found(Answer),
    /// Let it wait for a load that is under way.
    Join(Coming),
    /// Let it load the row itself.
    Lead(Lead<'a>),
}

/// The right to make a copy of what a load finds, unless something comes in between. A load that is given up leaves none, and
/// who waited for it looks again.
pub(super) struct Lead<'a> {
    copies: &'a Copies,
    id: SessionId,
    ticket: Ticket,
    sent_at: Timestamp,
    answer: watch::Sender<Option<Answer>>,
}

/// How long it is remembered that an ID names no session, unless the bound is shorter.
const ABSENCE_MAX: Duration = seconds(1);

/// So many that threads rarely meet in one; a power of two.
const SHARDS: usize = 64;

impl Copies {
    pub(super) fn new(options: NearOptions) -> Self {
        Self::in_shards(SHARDS, options)
    }

    pub(super) fn in_shards(count: usize, options: NearOptions) -> Self {
        let keys = Keys::new();
        let shard = || RwLock::new(Shard::new(keys, options.octets_max / count));
        Self {
            keys,
            shards: std::iter::repeat_with(shard).take(count).collect(),
            bound: options.staleness_max,
            clock: options.clock,
            purged_until_ms: AtomicU64::new(0),
            ends_under_way: AtomicUsize::new(0),
        }
    }

    pub(super) const fn bound(&self) -> Duration {
        self.bound
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the copies say of a session; `None` when they say nothing.
    #[inline]
    pub(super) fn find(&self, id: SessionId, now: Timestamp) -> Option<Answer> {
        let hash = self.keys.hash(id);
        // A shard that somebody panicked in says nothing.
        let shard = self.shard(hash).read().ok()?;
        self.find_in(&shard, hash, id, now)
    }

    fn find_in(&self, shard: &Shard, hash: u64, id: SessionId, now: Timestamp) -> Option<Answer> {
        if let Some(copy) = shard.row(hash, id) {
            let fresh = is_fresh(copy.sent_at(), self.bound, now);
            return (fresh && copy.expires_at() > self.ends_too_soon(now)).then(|| Ok(Some(copy.loaded())));
        }
        let absence = shard.absence(hash, id)?;
        is_fresh(absence.0, self.bound.min(ABSENCE_MAX), now).then(|| Ok(None))
    }

    /// Rows that end by then are not answered from copies: they may have been purged, or another node may have moved their
    /// end on since.
    fn ends_too_soon(&self, now: Timestamp) -> Timestamp {
        let purged_until = Timestamp::from_millis(self.purged_until_ms.load(Ordering::Acquire));
        now.after(self.bound).max(purged_until)
    }

    /// What the copies say, or else how the row is to be loaded.
    pub(super) fn look(&self, id: SessionId, now: Timestamp) -> Look<'_> {
        let hash = self.keys.hash(id);
        let mut shard = self.write(hash);
        if let Some(found) = self.find_in(&shard, hash, id, now) {
            return Look::Found(found);
        }
        let oldest = now.before(self.bound);
        match shard.coming(id, oldest) {
            Some(coming) => Look::Join(coming),
            None => Look::Lead(self.depart(&mut shard, id, now)),
        }
    }

    /// A load whose answer is as of a moment after `now`, whatever there is and is under way.
    pub(super) fn lead(&self, id: SessionId, now: Timestamp) -> Lead<'_> {
        self.depart(&mut self.write(self.keys.hash(id)), id, now)
    }

    fn depart(&self, shard: &mut Shard, id: SessionId, sent_at: Timestamp) -> Lead<'_> {
        let (answer, coming) = watch::channel(None);
        let ticket = shard.depart(id, sent_at, coming);
        Lead { copies: self, id, ticket, sent_at, answer }
    }

    /// Forgets a session: whoever looks from now on finds what the store says from now on.
    pub(super) fn forget(&self, id: SessionId) {
        let hash = self.keys.hash(id);
        self.write(hash).forget(hash, id);
    }

    /// Forgets the sessions of a subject. Walks over all copies, one lock at a time.
    pub(super) fn forget_subject(&self, subject: &Subject) {
        for shard in &self.shards {
            write(shard).forget_subject(subject);
        }
    }

    /// Forgets everything.
    pub(super) fn forget_all(&self) {
        for shard in &self.shards {
            let taken: Taken = write(shard).forget_all();
            drop(taken);
        }
    }

    /// Notes that a session was touched.
    pub(super) fn touch(&self, id: SessionId, touch: Touch) {
        let hash = self.keys.hash(id);
        self.write(hash).touch(hash, id, touch);
    }

    /// Notes that rows that end by `now` are about to be removed.
    pub(super) fn purge(&self, now: Timestamp) {
        self.purged_until_ms.fetch_max(now.as_millis(), Ordering::AcqRel);
    }

    /// Notes that a write that may end sessions is about to be sent to the store behind.
    pub(super) fn begin_end(&self) {
        self.ends_under_way.fetch_add(1, Ordering::SeqCst);
    }

    /// Notes that one is over, and what it was about forgotten.
    pub(super) fn end_end(&self) {
        self.ends_under_way.fetch_sub(1, Ordering::SeqCst);
    }

    /// How many of them are under way.
    pub(super) fn ends_under_way(&self) -> usize {
        self.ends_under_way.load(Ordering::SeqCst)
    }

    /// How many rows there are copies of.
    pub(super) fn rows(&self) -> usize {
        self.shards.iter().filter_map(|shard| shard.read().ok()).map(|shard| shard.rows()).sum()
    }

    /// How many octets all copies take.
    pub(super) fn octets(&self) -> usize {
        self.shards.iter().filter_map(|shard| shard.read().ok()).map(|shard| shard.octets()).sum()
    }

    fn shard(&self, hash: u64) -> &RwLock<Shard> {
        // The lowest bits and the highest ones are what a table within the shard goes by.
        &self.shards[(hash >> 32) as usize & (self.shards.len() - 1)]
    }

    fn write(&self, hash: u64) -> RwLockWriteGuard<'_, Shard> {
        write(self.shard(hash))
    }
}

/// Timestamps are whole milliseconds, rounded down: less than the bound by them is not more than the bound by any clock.
fn is_fresh(sent_at: Timestamp, bound: Duration, now: Timestamp) -> bool {
    now < sent_at.after(bound)
}

/// Locks a shard; one that somebody panicked in begins anew.
fn write(shard: &RwLock<Shard>) -> RwLockWriteGuard<'_, Shard> {
    shard.write().unwrap_or_else(|poisoned| {
        let mut inner = poisoned.into_inner();
        drop(inner.forget_all());
        shard.clear_poison();
        inner
    })
}

impl Lead<'_> {
    /// Gives the answer to all who wait for it, and leaves a copy if it may.
    pub(super) fn land(self, answer: &Answer) {
        let copies = self.copies;
        if let Ok(found) = answer {
            let hash = copies.keys.hash(self.id);
            let found = match found {
                Some(loaded) => Ok(RowCopy::new(loaded, self.sent_at)),
                None => Err(Absence(self.sent_at)),
            };
            let outdated = copies.now().before(copies.bound);
            let mut shard = copies.write(hash);
            if shard.arrive(self.id, self.ticket) {
                shard.keep(hash, self.id, found, outdated);
            }
        }
        if self.answer.receiver_count() > 0 {
            self.answer.send_replace(Some(answer.clone()));
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.copies.write(self.copies.keys.hash(self.id)).arrive(self.id, self.ticket);
    }
}

impl ChangeSink for Copies {
    fn tell(&self, change: Change<'_>) {
        match change {
            Change::Session(id) => self.forget(id),
            Change::Subject(subject) => self.forget_subject(subject),
            // Before a connect, and when it breaks, something may have been missed.
            Change::Everyone | Change::Connected | Change::Lost => self.forget_all(),
        }
    }
}
