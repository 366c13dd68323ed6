//! A store behind a near cache, in all its parts.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::store::{Insert, Inserted, Row, Store};
use cloakroom::{NearCache, NearOptions, SessionId, Subject, Timestamp};
use cloakroom_core::store::RowBody;
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::channel::Telling;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::counted::Counted;
use cloakroom_testkit::faults::Faulty;

pub(crate) const BOUND: Duration = Duration::from_secs(1);
/// A millisecond less.
pub(crate) const ALMOST_BOUND: Duration = Duration::from_millis(999);
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What every near cache of these tests stands in front of.
pub(crate) type Behind = Telling<Faulty<Counted<ModelStore>>>;

pub(crate) fn behind() -> Behind {
    Telling::new(Faulty::new(Counted::new(ModelStore::new())))
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::starting_at(START)
}

/// A cache with this clock and the bound of these tests.
pub(crate) fn near<S: Store>(store: S, clock: &ManualClock) -> NearCache<S> {
    NearCache::new(store, options(clock))
}

pub(crate) fn options(clock: &ManualClock) -> NearOptions {
    NearOptions::new().staleness_max(BOUND).clock(clock.clone())
}

/// A cache that is subscribed by the time that it is returned.
pub(crate) async fn listening(store: Behind, clock: &ManualClock) -> Arc<NearCache<Behind>> {
    let (channel, before) = (store.channel(), store.channel().watched());
    let cache = NearCache::listening(store, options(clock));
    while channel.watched() == before {
        tokio::task::yield_now().await;
    }
    Arc::new(cache)
}

pub(crate) fn id(number: u8) -> SessionId {
    SessionId::from_octets([number; SessionId::LEN])
}

pub(crate) fn alice() -> Subject {
    Subject::new("alice").expect("a name")
}

pub(crate) fn row() -> Row {
    Row {
        subject: Some(alice()),
        created_at: START,
        last_seen_at: START,
        expires_at: START.after(Duration::from_mins(30)),
        address: None,
        body: RowBody::from_slice(b"a body"),
    }
}

pub(crate) async fn begin(store: &impl Store, id: SessionId) {
    let inserted = store.insert(Insert { id, row: &row(), replaces: None }).await.expect("the store works");
    assert_eq!(inserted, Inserted::Done);
}

/// Whether a read says that the session is there.
pub(crate) async fn is_there(store: &impl Store, id: SessionId) -> bool {
    store.load(id).await.expect("the store works").is_some()
}

/// Whether memory says so; `None` when it says nothing.
pub(crate) fn memory_says(store: &impl Store, id: SessionId) -> Option<bool> {
    store.load_now(id).map(|loaded| loaded.expect("memory works").is_some())
}
