//! Storms on the memory store, and on the near cache in front of a store in trouble.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::{MemoryStore, NearCache, NearOptions, Timestamp};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::channel::Telling;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::faults::Faulty;
use cloakroom_testkit::storm::Storm;

/// A clock that stands: no copy is right because it has become too old.
fn options() -> NearOptions {
    NearOptions::new().clock(ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_memory_store_stands_storms() {
    for seed in 0..10 {
        let node = Arc::new(MemoryStore::new());
        Storm::new(seed).on_indexed(&[node]).await.unwrap_or_else(|broken| panic!("{broken}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_near_cache_in_front_of_a_store_in_trouble_stands_storms() {
    for seed in 0..10 {
        let store = Faulty::new(ModelStore::new());
        store.switch().fail_at_random(seed, NonZeroU64::new(10).expect("10 is not 0"));
        let node = Arc::new(NearCache::new(store, options()));
        let report = Storm::new(seed).on_indexed(&[node]).await.unwrap_or_else(|broken| panic!("{broken}"));
        assert!(report.unknown > 20, "{report}");
    }
}

/// Between a write and the news of it a copy on the other node may be used, so the nodes are judged as a moment behind; the clock
/// stands, so that nothing but the news puts an end to a copy.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn near_caches_that_are_told_of_everything_stand_storms_together() {
    for seed in 0..3 {
        let store = Telling::new(ModelStore::new()).of_everything();
        let node = || Arc::new(NearCache::listening(store.clone(), options()));
        let nodes = [node(), node()];
        while store.channel().watched() < 2 {
            tokio::task::yield_now().await;
        }
        let late = Storm::new(seed).of(8, 3000).of_a_store_behind_by(Duration::from_millis(200));
        late.on_indexed(&nodes).await.unwrap_or_else(|broken| panic!("{broken}"));
    }
}
