//! What is read from memory, and what is not.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::store::{Store, Swap, Touch, Touched, Version};
use cloakroom::{NearCache, SessionId};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::counted::Counted;
use cloakroom_testkit::entropy::Seeded;
use cloakroom_testkit::faults::{Faulty, Mode};

use crate::support::{
    ALMOST_BOUND, BOUND, START, begin, clock, id, is_there, memory_says, near, options, row,
};

fn counted() -> (Counted<ModelStore>, impl Fn() -> u64) {
    let store = Counted::new(ModelStore::new());
    let counter = store.counter();
    (store, move || counter.counts().loads)
}

#[tokio::test]
async fn a_session_is_loaded_once_in_a_bound_however_often_it_is_read() {
    let (store, loads) = counted();
    let clock = clock();
    let cache = near(store, &clock);
    begin(&cache, id(1)).await;
    for _ in 0..100 {
        assert!(is_there(&cache, id(1)).await);
        assert_eq!(memory_says(&cache, id(1)), Some(true));
    }
    assert_eq!(loads(), 1);
    clock.advance(BOUND);
    assert_eq!(memory_says(&cache, id(1)), None, "as old as the bound is too old");
    assert!(is_there(&cache, id(1)).await);
    assert_eq!(loads(), 2);
}

#[tokio::test]
async fn a_session_that_is_read_and_touched_again_and_again_is_read_from_memory() {
    let (store, loads) = counted();
    let clock = clock();
    let cache = near(store, &clock);
    begin(&cache, id(1)).await;
    assert!(is_there(&cache, id(1)).await);
    for millis in 1..100 {
        let touch = Touch {
            last_seen_at: START.after(Duration::from_millis(millis)),
            expires_at: START.after(Duration::from_mins(31)),
        };
        assert_eq!(cache.touch(id(1), touch).await.unwrap(), Touched::Done);
        let loaded = cache.load_now(id(1)).expect("it is in memory").unwrap().expect("it is there");
        assert_eq!((loaded.row.last_seen_at, loaded.row.expires_at), (touch.last_seen_at, touch.expires_at));
        assert_eq!(cache.load_fresh(id(1)).await.unwrap(), Some(loaded));
    }
    assert_eq!(loads(), 1 + 99, "only the fresh ones");
}

#[tokio::test]
async fn callers_who_miss_at_once_share_one_load() {
    let (store, loads) = counted();
    let faulty = Faulty::new(store);
    let switch = faulty.switch();
    let cache = Arc::new(near(faulty, &clock()));
    begin(&*cache, id(1)).await;
    let held = switch.hold_call(NonZeroU64::MIN);
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { is_there(&*cache, id(1)).await })
        })
        .collect();
    held.has_come().await;
    assert_eq!(memory_says(&*cache, id(1)), None);
    tokio::task::yield_now().await;
    held.release();
    for caller in callers {
        assert!(caller.await.unwrap());
    }
    assert_eq!(loads(), 1);
}

#[tokio::test]
async fn who_waits_for_a_caller_that_gives_up_loads_the_session_itself() {
    let (store, loads) = counted();
    let faulty = Faulty::new(store);
    let switch = faulty.switch();
    let cache = Arc::new(near(faulty, &clock()));
    begin(&*cache, id(1)).await;
    let held = switch.hold_call(NonZeroU64::MIN);
    let caller = |cache: &Arc<NearCache<_>>| {
        let cache = Arc::clone(cache);
        tokio::spawn(async move { is_there(&*cache, id(1)).await })
    };
    let first = caller(&cache);
    held.has_come().await;
    let second = caller(&cache);
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert!(second.await.unwrap());
    assert_eq!(loads(), 1, "the one that was given up never reached the store");
}

#[tokio::test]
async fn who_waits_for_a_load_that_fails_is_told_the_same_and_the_next_tries_again() {
    let faulty = Faulty::new(ModelStore::new());
    let switch = faulty.switch();
    let cache = Arc::new(near(faulty, &clock()));
    begin(&*cache, id(1)).await;
    switch.set(Mode::Hang);
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.load(id(1)).await.unwrap_err() })
        })
        .collect();
    tokio::task::yield_now().await;
    switch.set(Mode::Down);
    for caller in callers {
        assert!(caller.await.unwrap().may_pass());
    }
    assert_eq!(memory_says(&*cache, id(1)), None, "trouble is not remembered");
    switch.set(Mode::Ok);
    assert!(is_there(&*cache, id(1)).await);
}

#[tokio::test]
async fn a_store_that_is_down_is_covered_for_no_longer_than_the_bound() {
    let faulty = Faulty::new(ModelStore::new());
    let (switch, clock) = (faulty.switch(), clock());
    let cache = near(faulty, &clock);
    begin(&cache, id(1)).await;
    assert!(is_there(&cache, id(1)).await);
    switch.set(Mode::Down);
    clock.advance(ALMOST_BOUND);
    assert!(is_there(&cache, id(1)).await);
    clock.advance(Duration::from_millis(1));
    assert!(cache.load(id(1)).await.is_err());
}

#[tokio::test]
async fn that_a_session_is_absent_is_remembered_briefly() {
    let (store, loads) = counted();
    let clock = clock();
    let cache = NearCache::new(store, options(&clock).staleness_max(Duration::from_mins(1)));
    for _ in 0..100 {
        assert!(!is_there(&cache, id(1)).await);
    }
    assert_eq!((loads(), memory_says(&cache, id(1))), (1, Some(false)));
    clock.advance(Duration::from_secs(1));
    assert_eq!(memory_says(&cache, id(1)), None, "a second, however long the bound");
}

#[tokio::test]
async fn a_flood_of_made_up_ids_pushes_out_no_session() {
    let cache = NearCache::new(ModelStore::new(), options(&clock()).octets_max(1 << 20));
    for number in 0..100 {
        begin(&cache, id(number)).await;
        assert!(is_there(&cache, id(number)).await);
    }
    let random = Seeded::new(5);
    for _ in 0..100_000 {
        assert!(!is_there(&cache, SessionId::from_octets(random.octets())).await);
    }
    assert!((0..100).all(|number| memory_says(&cache, id(number)) == Some(true)));
    assert!(cache.octets() <= 1 << 20);
}

#[tokio::test]
async fn a_row_that_is_about_to_end_is_read_from_the_store() {
    let (store, loads) = counted();
    let clock = clock();
    let cache = near(store, &clock);
    begin(&cache, id(1)).await;
    clock.advance(Duration::from_secs(30 * 60 - 1));
    for _ in 0..3 {
        assert!(is_there(&cache, id(1)).await);
    }
    assert_eq!(loads(), 3, "another node may have moved its end on");
}

#[tokio::test]
async fn what_was_purged_is_not_read_from_memory() {
    let cache = near(ModelStore::new(), &clock());
    begin(&cache, id(1)).await;
    assert!(is_there(&cache, id(1)).await);
    assert_eq!(cache.purge(row().expires_at, 10).await.unwrap(), 1);
    assert!(!is_there(&cache, id(1)).await);
}

#[tokio::test]
async fn who_lost_a_swap_reads_the_row_that_won() {
    let (here, clock) = (ModelStore::new(), clock());
    let elsewhere = here.clone();
    let cache = near(here, &clock);
    begin(&cache, id(1)).await;
    assert!(is_there(&cache, id(1)).await);
    assert!(matches!(elsewhere.replace(id(1), Version::FIRST, &row()).await.unwrap(), Swap::Done(_)));
    let behind = cache.load(id(1)).await.unwrap().expect("it is there").version;
    assert_eq!(behind, Version::FIRST, "within the bound it is behind");
    assert_eq!(cache.replace(id(1), behind, &row()).await.unwrap(), Swap::Lost);
    let seen = cache.load(id(1)).await.unwrap().expect("it is there").version;
    assert!(matches!(cache.replace(id(1), seen, &row()).await.unwrap(), Swap::Done(_)));
}
