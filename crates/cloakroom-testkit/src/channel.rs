//! A store that tells of changes over a channel that a test can cut and delay.

use std::fmt;
use std::future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloakroom_core::store::{
    Change, ChangeSink, Changes, Fence, Insert, Inserted, Loaded, Page, PageCursor, Reading, Revoked, Row,
    Store, StoreError, SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

/// A store that tells all who watch it of what changed through any clone of it, before the call returns.
///
/// It tells what [`Changes`] demands and no more, unless it is told to tell [everything](Telling::of_everything).
///
/// ```
/// use cloakroom_testkit::ModelStore;
/// use cloakroom_testkit::channel::Telling;
///
/// let one_node = Telling::new(ModelStore::new());
/// let another = one_node.clone();
/// one_node.channel().cut();
/// # drop(another);
/// ```
#[derive(Clone, Debug)]
pub struct Telling<S> {
    inner: S,
    channel: Channel,
    tells_everything: bool,
    fault: Option<ChannelFault>,
}

/// What is wrong with what a store tells, for the proof that the suite finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelFault {
    /// It tells of no replace.
    OmitsWrites,
    /// It tells of no revocation of a session.
    OmitsRevocations,
    /// It does not tell of the session that another one has replaced.
    OmitsReplaced,
    /// It does not tell of sessions that a cap ended.
    OmitsEvicted,
    /// It does not tell that a subject was revoked.
    OmitsSubjects,
    /// It does not tell that everyone was.
    OmitsEveryone,
    /// It tells of a revocation before that can be read.
    TellsEarly,
}

/// What a [`Telling`] store tells over.
#[derive(Clone, Default)]
pub struct Channel(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    watchers: Vec<(u64, Arc<dyn ChangeSink>)>,
    last_watcher: u64,
    is_cut: bool,
    /// What is told later; `None` when nothing is held back.
    held: Option<Vec<Owned>>,
}

/// A change that waits to be told.
#[derive(Clone, Debug)]
enum Owned {
    Session(SessionId),
    Subject(Subject),
    Everyone,
}

impl Owned {
    const fn as_change(&self) -> Change<'_> {
        match self {
            Self::Session(id) => Change::Session(*id),
            Self::Subject(subject) => Change::Subject(subject),
            Self::Everyone => Change::Everyone,
        }
    }
}

impl Channel {
    /// Breaks the connection of every watcher, who are told; changes are lost from now on.
    pub fn cut(&self) {
        self.with(|state| {
            state.is_cut = true;
            state.tell(Change::Lost);
        });
    }

    /// Breaks it so that nobody notices: changes are lost from now on, and nobody is told.
    pub fn cut_silently(&self) {
        self.with(|state| state.is_cut = true);
    }

    /// Connects every watcher again, who are told.
    pub fn connect(&self) {
        self.with(|state| {
            state.is_cut = false;
            state.tell(Change::Connected);
        });
    }

    /// Holds changes back until [`Channel::release`].
    pub fn hold(&self) {
        self.with(|state| state.held = Some(Vec::new()));
    }

    /// Tells what was held back, and what comes from now on at once.
    pub fn release(&self) {
        self.with(|state| {
            for change in state.held.take().unwrap_or_default() {
                state.tell(change.as_change());
            }
        });
    }

    /// How many watch now.
    pub fn watchers(&self) -> usize {
        self.with(|state| state.watchers.len())
    }

    /// How many have begun to watch so far; who has begun has been told that it is connected, if it is.
    pub fn watched(&self) -> u64 {
        self.with(|state| state.last_watcher)
    }

    fn publish(&self, change: &Owned) {
        self.with(|state| match &mut state.held {
            _ if state.is_cut => {}
            Some(held) => held.push(change.clone()),
            None => state.tell(change.as_change()),
        });
    }

    fn enter(&self, sink: Arc<dyn ChangeSink>) -> Watcher {
        self.with(|state| {
            state.last_watcher += 1;
            if !state.is_cut {
                sink.tell(Change::Connected);
            }
            state.watchers.push((state.last_watcher, sink));
            Watcher { channel: self.clone(), number: state.last_watcher }
        })
    }

    fn with<T>(&self, step: impl FnOnce(&mut State) -> T) -> T {
        step(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn tell(&self, change: Change<'_>) {
        self.watchers.iter().for_each(|(_, sink)| sink.tell(change));
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("watched", &self.watched()).finish_non_exhaustive()
    }
}

/// Somebody who watches, until dropped.
struct Watcher {
    channel: Channel,
    number: u64,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.channel.with(|state| state.watchers.retain(|(number, _)| *number != self.number));
    }
}

impl<S> Telling<S> {
    /// Tells of changes of this store.
    pub fn new(inner: S) -> Self {
        Self { inner, channel: Channel::default(), tells_everything: false, fault: None }
    }

    /// Tells of new rows, touches and purges too, which no store has to.
    #[must_use]
    pub fn of_everything(self) -> Self {
        Self { tells_everything: true, ..self }
    }

    /// With something wrong.
    #[must_use]
    pub fn with_fault(self, fault: ChannelFault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// What it tells over.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    fn is_free_of(&self, fault: ChannelFault) -> bool {
        self.fault != Some(fault)
    }

    fn tell(&self, id: SessionId) {
        self.channel.publish(&Owned::Session(id));
    }

    fn tell_inserted(&self, insert: Insert<'_>) {
        if let Some(seen) = insert.replaces
            && self.is_free_of(ChannelFault::OmitsReplaced)
        {
            self.tell(seen.id);
        }
        if self.tells_everything {
            self.tell(insert.id);
        }
    }
}

impl<S: Store> Changes for Telling<S> {
    async fn watch(&self, sink: Arc<dyn ChangeSink>) {
        let _watcher = self.channel.enter(sink);
        future::pending::<()>().await;
    }
}

impl<S: Store> Store for Telling<S> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.inner.load(id).await
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        self.inner.load_now(id)
    }

    async fn load_fresh(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        self.inner.load_fresh(id).await
    }

    async fn read(&self, id: SessionId) -> Result<Reading, StoreError> {
        self.inner.read(id).await
    }

    fn staleness(&self) -> Duration {
        self.inner.staleness()
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        self.inner.place(id, subject)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let inserted = self.inner.insert(insert).await?;
        if inserted == Inserted::Done {
            self.tell_inserted(insert);
        }
        Ok(inserted)
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let swap = self.inner.replace(id, seen, row).await?;
        if matches!(swap, Swap::Done(_)) && self.is_free_of(ChannelFault::OmitsWrites) {
            self.tell(id);
        }
        Ok(swap)
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        let touched = self.inner.touch(id, touch).await?;
        if self.tells_everything {
            self.tell(id);
        }
        Ok(touched)
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        if self.fault == Some(ChannelFault::TellsEarly) {
            self.tell(id);
            tokio::task::yield_now().await;
        }
        let revoked = self.inner.revoke(id).await?;
        if self.is_free_of(ChannelFault::OmitsRevocations) {
            self.tell(id);
        }
        Ok(revoked)
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        let removed = self.inner.purge(now, rows_max).await?;
        if self.tells_everything {
            self.channel.publish(&Owned::Everyone);
        }
        Ok(removed)
    }
}

impl<S: SubjectIndex> SubjectIndex for Telling<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.inner.fence(subject).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let inserted = self.inner.insert_for_subject(insert).await?;
        if let SubjectInserted::Done { evicted } = &inserted {
            self.tell_inserted(insert.insert);
            if self.is_free_of(ChannelFault::OmitsEvicted) {
                for id in evicted {
                    self.tell(*id);
                }
            }
        }
        Ok(inserted)
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.inner.list(subject).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.inner.page(after, rows_max).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.inner.search(wanted, after, rows_max).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let ended = self.inner.revoke_subject(subject, spare).await?;
        if self.is_free_of(ChannelFault::OmitsSubjects) {
            self.channel.publish(&Owned::Subject(subject.clone()));
        }
        Ok(ended)
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let ended = self.inner.revoke_everyone().await?;
        if self.is_free_of(ChannelFault::OmitsEveryone) {
            self.channel.publish(&Owned::Everyone);
        }
        Ok(ended)
    }
}
