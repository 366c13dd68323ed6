//! The two contracts: keep sessions, and find them by subject.

use std::future::Future;
use std::time::Duration;

use super::{Loaded, Page, PageCursor, Reading, Row, StoreError, Version, Wanted};
use crate::ids::{SessionId, Subject};
use crate::time::Timestamp;

/// Keeps sessions by their ID.
///
/// Every method may be called from many tasks at once. A future that is dropped before it is done may or may not
/// have had its effect, but never half of it.
///
/// # Errors
/// Every method fails with [`StoreError`] when the back end refuses, breaks or is silent for too long. Whether a write took
/// effect is unknown then, unless the kind of the error says otherwise.
///
/// # Security
/// A row holds a digest of the secret at most, and the session ID is public: a store sees no token.
pub trait Store: Send + Sync + 'static {
    /// A short name for errors and logs, such as `sqlite`.
    fn name(&self) -> &'static str;

    /// The row of this session, as of some moment after the call began.
    ///
    /// Expired rows are returned like any other: the caller judges.
    fn load(&self, id: SessionId) -> impl Future<Output = Result<Option<Loaded>, StoreError>> + Send;

    /// The answer of [`Store::load`] when the store can give it without waiting, as one in memory can.
    ///
    /// It saves the hot path a boxed future. `None` means: ask [`Store::load`].
    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        let _ = id;
        None
    }

    /// The ID that a new session of this subject gets instead of `id`, which is random: the same, unless the store keeps
    /// the sessions of a subject together and finds their place by the ID.
    ///
    /// Whoever creates a session with a subject asks for its place first. The place of an ID that is in its place is the
    /// ID itself, and two IDs that differ in their first 14 octets have two places.
    ///
    /// # Security
    /// At least the first 14 octets stay as they are: 112 random bits keep public handles apart. What becomes of the others
    /// tells those who have two IDs whether they may be of one subject, and must not tell of which.
    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        let _ = subject;
        id
    }

    /// The row of this session, read where rows are kept and from no copy.
    ///
    /// Only a store that answers [`Store::load`] from copies has anything to add to that.
    fn load_fresh(&self, id: SessionId) -> impl Future<Output = Result<Option<Loaded>, StoreError>> + Send {
        self.load(id)
    }

    /// [`Store::load`], and whether its answer is from a copy.
    ///
    /// Only a store that answers [`Store::load`] from copies has anything to add to that.
    fn read(&self, id: SessionId) -> impl Future<Output = Result<Reading, StoreError>> + Send {
        async move { self.load(id).await.map(Reading::Fresh) }
    }

    /// By how much a row from [`Store::load`] or [`Store::load_now`] may be older than the call: zero for a store without
    /// copies.
    ///
    /// Only of rows: that a session is absent is always believed, since an ID that names none will never name one.
    /// What this very object has written or ended is never behind.
    fn staleness(&self) -> Duration {
        Duration::ZERO
    }

    /// Creates a row, and ends the session that it replaces, in one step.
    ///
    /// Unless the answer is [`Inserted::Done`], neither of the two has changed.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`](super::ErrorKind::Duplicate) when the ID is taken;
    /// [`ErrorKind::Misplaced`](super::ErrorKind::Misplaced) when the row has a subject and the ID is not in its
    /// [place](Store::place), for a store that has places.
    fn insert(&self, insert: Insert<'_>) -> impl Future<Output = Result<Inserted, StoreError>> + Send;

    /// Writes `row` over the version that was seen; never creates.
    ///
    /// Of `last_seen_at` and `expires_at` the later of old and new stays, each on its own, since a touch may have come
    /// meanwhile; every other column becomes that of `row`.
    ///
    /// # Errors
    /// [`ErrorKind::Misplaced`](super::ErrorKind::Misplaced) as for an insert: a session passes to another subject only where
    /// its ID is in the place of both.
    fn replace(
        &self,
        id: SessionId,
        seen: Version,
        row: &Row,
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// Moves `last_seen_at` and `expires_at` forward, each on its own and never back.
    ///
    /// Changes no version and nothing else; never creates. Need not be durable when it returns.
    fn touch(&self, id: SessionId, touch: Touch) -> impl Future<Output = Result<Touched, StoreError>> + Send;

    /// Ends a session. Durable before it returns; whatever was in flight on it loses.
    ///
    /// Source: ASVS 5.0 7.4.1.
    fn revoke(&self, id: SessionId) -> impl Future<Output = Result<Revoked, StoreError>> + Send;

    /// Removes up to `rows_max` rows whose `expires_at` is at or before `now`, and says how many it removed.
    ///
    /// A caller goes on until fewer than `rows_max` were removed. One call must be short enough to hold up no
    /// other.
    fn purge(
        &self,
        now: Timestamp,
        rows_max: usize,
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;
}

/// Finds and ends the sessions of a subject. A store that cannot do so does not implement it.
pub trait SubjectIndex: Store {
    /// The moment from which on a sign-in of this subject begins, as the store counts moments.
    ///
    /// A sign-in takes a fence before it checks a password and shows it when it inserts: when the subject (or everyone)
    /// has been revoked in between, the sign-in loses.
    fn fence(&self, subject: &Subject) -> impl Future<Output = Result<Fence, StoreError>> + Send;

    /// [`Store::insert`] for a session with a subject: under the fence, and within the cap.
    ///
    /// All of it is one step. Unless the answer is [`SubjectInserted::Done`], nothing has changed. Neither expired
    /// sessions count to the cap nor the one that this insert replaces.
    ///
    /// # Errors
    /// Those of [`Store::insert`].
    fn insert_for_subject(
        &self,
        insert: SubjectInsert<'_>,
    ) -> impl Future<Output = Result<SubjectInserted, StoreError>> + Send;

    /// All sessions of a subject, expired ones included, the oldest first.
    fn list(
        &self,
        subject: &Subject,
    ) -> impl Future<Output = Result<Vec<(SessionId, Loaded)>, StoreError>> + Send;

    /// Up to `rows_max` sessions of anybody, which is at least one; the first page, or the one that an earlier page named as
    /// next.
    ///
    /// A walk that goes on until no page is next meets every session at least once that is there from its begin to its end.
    /// It may meet a session twice, and one that came or went meanwhile or not; the order is the store's.
    fn page(
        &self,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Up to `rows_max` of the sessions that are wanted, as [`SubjectIndex::page`] walks; expired ones are among them.
    ///
    /// A page may have none although the walk is not over: a store without an order in which to find them looks at up to
    /// `rows_max` sessions a page and leaves out the others. One that has the indexes for it gives the newest first, and costs
    /// what it gives, however many sessions there are. In a network they come address by address, the newest of each first. Sessions of a
    /// subject are found by [`SubjectIndex::list`], the newest first, by every store.
    fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send {
        async move {
            match &wanted.subject {
                Some(subject) => Ok(Page::of_list(self.list(subject).await?, wanted, after, rows_max)),
                None => Ok(self.page(after, rows_max).await?.only(wanted)),
            }
        }
    }

    /// Ends all sessions of a subject but `spare`, and stops the sign-ins of that subject that have begun.
    ///
    /// Returns the sessions that it ended. Durable before it returns.
    fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> impl Future<Output = Result<Vec<SessionId>, StoreError>> + Send;

    /// Ends every session, of visitors too, and stops every sign-in that has begun; returns how many it ended.
    /// Durable before it returns.
    fn revoke_everyone(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// A row to create.
#[derive(Clone, Copy, Debug)]
pub struct Insert<'a> {
    /// The new session.
    pub id: SessionId,
    /// Its row; its version becomes [`Version::FIRST`].
    pub row: &'a Row,
    /// The session that ends in its favour.
    pub replaces: Option<Seen>,
}

/// A session at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The session.
    pub id: SessionId,
    /// The write that was read.
    pub version: Version,
}

/// What became of an insert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Inserted {
    /// The row exists, and the session that it replaces is gone.
    Done,
    /// The session to replace has been written since it was seen.
    Lost,
    /// The session to replace is gone.
    Gone,
}

/// A row to create for its subject.
#[derive(Clone, Copy, Debug)]
pub struct SubjectInsert<'a> {
    /// The new session; its row has a subject.
    pub insert: Insert<'a>,
    /// When the sign-in began.
    pub fence: Fence,
    /// How many live sessions the subject may have; `None` for any number.
    pub cap: Option<Cap>,
    /// Rows that expire at or before this moment are not live.
    pub now: Timestamp,
}

/// What became of an insert for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum SubjectInserted {
    /// The row exists, and the session that it replaces is gone; so are these, to keep the cap.
    Done {
        /// The sessions that the cap ended, the oldest first.
        evicted: Vec<SessionId>,
    },
    /// The session to replace has been written since it was seen.
    Lost,
    /// The session to replace is gone.
    Gone,
    /// The subject has as many live sessions as it may have.
    Full,
    /// The subject, or everyone, was revoked after the sign-in began.
    Fenced,
}

/// How many live sessions a subject may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The most live sessions of one subject.
    pub sessions_max: std::num::NonZeroUsize,
    /// What happens to one too many.
    pub policy: CapPolicy,
}

/// What happens when a sign-in would exceed the cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapPolicy {
    /// The sessions created first end.
    EvictOldest,
    /// The sign-in is refused.
    RefuseNew,
}

/// A point in a store's own count of revocations; see [`SubjectIndex::fence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence(u64);

impl Fence {
    /// A fence of this store-chosen number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The store-chosen number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What became of a compare-and-swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Swap {
    /// The row is written and has this version.
    Done(Version),
    /// Somebody else wrote first.
    Lost,
    /// There is no such session any more.
    Gone,
}

/// Activity to write down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// When the activity was.
    pub last_seen_at: Timestamp,
    /// When the session now ends if nothing more is sent.
    pub expires_at: Timestamp,
}

/// What became of a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Touched {
    /// The row is at least as far as the touch says.
    Done,
    /// There is no such session any more.
    Gone,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Revoked {
    /// This call ended the session.
    Done,
    /// There was no such session.
    Absent,
}
