//! Whether a row is still what it was when it was read.
//!
//! Everything that happens to the file is a *moment*: a transaction of our own writer ends, or the head of the log's index shows that
//! a stranger has committed, which is another process or another connection of this one. A row that was read after a
//! moment is still the same if
//!
//! 1. the head is what it was after the last moment, so that nobody has committed anything since, and
//! 2. no stranger has committed after the row was read, and
//! 3. no transaction of ours has written the row, or one of its group, since before it was read.
//!
//! Our own commits are told from a stranger's by the head: while our transaction has the lock for writing nobody else can
//! commit, and after it the count of commits has gone up by one and the log has the length that our commit gave it, or else a
//! stranger came between its end and the look at the head.
//!
//! Which sessions a transaction writes SQLite tells by its update hook, before the transaction is committed. The hook leaves out a
//! `DELETE` without `WHERE`; whoever ends many sessions at once writes that down in `revocations`, and then no row is what it was.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use super::wal_index::{Head, WalIndex};

/// Into how many groups rows are put by their numbers: a write makes all copies of a group useless.
const GROUPS: usize = 1 << 14;

/// What has happened to a file, as far as it matters for rows that were read.
#[derive(Debug)]
pub(super) struct Moments {
    index: WalIndex,
    known: RwLock<Known>,
    /// After which moment a row of each group may differ from one that was read before it.
    written: Box<[AtomicU64]>,
    /// The moment at which the writer's transaction will end.
    ending: AtomicU64,
    /// Whether the writer's transaction may have written any row.
    any: AtomicBool,
}

#[derive(Debug)]
struct Known {
    /// The head after the last moment.
    head: Option<Head>,
    /// How many moments there have been.
    moment: u64,
    /// The last at which any row may have been written.
    lost: u64,
    /// Whether our writer's transaction is under way: then a head that is not known is probably its own.
    is_writing: bool,
    /// Whether a commit of ours was seen in the head. A file system on which it is not, since reads and mapped memory differ there or
    /// a file has two identities, has no copies.
    is_proved: bool,
}

/// The present, as of some time after it was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    moment: u64,
    lost: u64,
}

/// When a row was read, or a little earlier.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadAt(u64);

#[cfg(test)]
impl ReadAt {
    pub(super) const fn first() -> Self {
        Self(0)
    }
}

impl Now {
    /// For a row that is read from now on.
    pub(super) const fn reading(self) -> ReadAt {
        ReadAt(self.moment)
    }
}

impl Moments {
    pub(super) fn new(index: WalIndex) -> Self {
        let known = Known { head: None, moment: 1, lost: 1, is_writing: false, is_proved: false };
        Self {
            index,
            known: RwLock::new(known),
            written: std::iter::repeat_with(AtomicU64::default).take(GROUPS).collect(),
            ending: AtomicU64::new(0),
            any: AtomicBool::new(false),
        }
    }

    /// The present; `None` when nothing can be said of it, and the database has to be asked.
    pub(super) fn now(&self) -> Option<Now> {
        // First the head, then what is known: a commit that has returned before this call shows in it.
        let head = self.index.head();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.head == head {
            return known.now();
        }
        if known.is_writing || !known.is_proved {
            return None;
        }
        drop(known);
        let mut known = self.write();
        if known.is_writing {
            return None;
        }
        known.see(self.index.head());
        known.now()
    }

    /// Whether the row of this number that was read then is what it would be if it were read now.
    pub(super) fn is_same(&self, row: i64, read_at: ReadAt, now: Now) -> bool {
        read_at.0 >= now.lost && read_at.0 >= self.group(row).load(Ordering::Acquire)
    }

    /// Our writer's transaction has begun, and nobody else can commit.
    pub(super) fn begin(&self) {
        let mut known = self.write();
        known.see(self.index.head());
        known.is_writing = true;
        self.ending.store(known.moment + 1, Ordering::Relaxed);
    }

    /// It has written a row of this number in this table, as the update hook says.
    pub(super) fn wrote(&self, table: &str, row: i64) {
        match table {
            "sessions" => self.group(row).store(self.ending.load(Ordering::Relaxed), Ordering::Release),
            "revocations" => self.any.store(true, Ordering::Relaxed),
            _ => {}
        }
    }

    /// It is over. With so many pages in the log if it was committed and wrote any; it may have written in vain.
    pub(super) fn end(&self, committed: Option<u32>) {
        let mut known = self.write();
        let head = self.index.head();
        let is_ours = match (known.head, head, committed) {
            (Some(before), Some(after), Some(pages)) => after.is_next_of(&before, pages),
            (before, after, None) => before == after,
            _ => false,
        };
        if committed.is_some() {
            known.is_proved = head != known.head;
        }
        known.pass(head);
        if self.any.swap(false, Ordering::Relaxed) || !is_ours {
            known.lost = known.moment;
        }
        known.is_writing = false;
    }

    fn group(&self, row: i64) -> &AtomicU64 {
        let number = row.unsigned_abs() % GROUPS as u64;
        &self.written[usize::try_from(number).expect("there are fewer groups")]
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn now(&self) -> Option<Now> {
        let can_be_told = self.is_proved && self.head.is_some();
        can_be_told.then_some(Now { moment: self.moment, lost: self.lost })
    }

    /// Notes a stranger's commits, if the head shows any.
    fn see(&mut self, head: Option<Head>) {
        if self.head != head || head.is_none() {
            self.pass(head);
            self.lost = self.moment;
        }
    }

    /// The next moment.
    fn pass(&mut self, head: Option<Head>) {
        self.moment += 1;
        // One that is torn says nothing, also when it stays so because who wrote it was killed.
        self.head = head.filter(Head::is_whole);
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
