//! How many octets the near cache takes at most, and what a read from it allocates.
//!
//! The only test of its program, since it counts what the whole process allocates.

use std::alloc::System;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cloakroom::store::{
    ErrorKind, Insert, Inserted, Loaded, Revoked, Row, RowBody, Store, StoreError, Swap, Touch, Touched,
    Version,
};
use cloakroom::{NearCache, NearOptions, SessionId, Subject, Timestamp};
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::entropy::Seeded;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const OCTETS_MAX: usize = 8 << 20;
const READS: u32 = 1_000_000;

#[test]
fn a_million_random_ids_stay_within_the_octets_and_a_hit_allocates_nothing() {
    let options = NearOptions::new().octets_max(OCTETS_MAX).clock(ManualClock::starting_at(NOW));
    let before = heap();
    let cache = NearCache::new(Endless, options);
    let random = Seeded::new(1);
    let mut most = 0;
    for number in 0..READS {
        let id = SessionId::from_octets(random.octets());
        assert_eq!(wait(cache.load(id)).unwrap().is_some(), Endless::has(id));
        if number % 1_000 == 0 {
            most = most.max(heap() - before);
        }
    }
    println!("at most {most} octets, {} copies in the end", cache.copies());
    // The table of loads under way keeps a few places a shard.
    assert!(most <= OCTETS_MAX + 64 * 1024, "{most} octets");
    assert!(cache.octets() <= OCTETS_MAX);
    assert!(most >= OCTETS_MAX / 2, "the room is used");

    let id = SessionId::from_octets([0; SessionId::LEN]);
    wait(cache.load(id)).unwrap().expect("it is there");
    let region = Region::new(ALLOCATOR);
    for _ in 0..1_000 {
        let _ = black_box(cache.load_now(id).expect("it is in memory"));
    }
    assert_eq!(region.change().allocations, 0, "a row of ordinary size is copied, not allocated");
}

fn heap() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// A store that has a row for every even ID, of a size that follows from the ID, and takes no writes.
struct Endless;

impl Endless {
    fn has(id: SessionId) -> bool {
        id.as_octets()[0].is_multiple_of(2)
    }

    fn row(id: SessionId) -> Row {
        let kind = usize::from(id.as_octets()[1]);
        let subject = "u".repeat([8, 8, 8, 24, 25, 255][kind % 6]);
        Row {
            subject: Some(Subject::new(&subject).expect("a name")),
            created_at: NOW,
            last_seen_at: NOW,
            expires_at: NOW.after(Duration::from_mins(30)),
            address: None,
            body: RowBody::from_elem(7, [90, 90, 90, 90, 96, 97, 400, 10_000][kind % 8]),
        }
    }

    fn refuse<T>() -> Result<T, StoreError> {
        Err(StoreError::new(ErrorKind::Unavailable, "endless", "write"))
    }
}

impl Store for Endless {
    fn name(&self) -> &'static str {
        "endless"
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        Ok(Self::has(id).then(|| Loaded { row: Self::row(id), version: Version::FIRST }))
    }

    async fn insert(&self, _: Insert<'_>) -> Result<Inserted, StoreError> {
        Self::refuse()
    }

    async fn replace(&self, _: SessionId, _: Version, _: &Row) -> Result<Swap, StoreError> {
        Self::refuse()
    }

    async fn touch(&self, _: SessionId, _: Touch) -> Result<Touched, StoreError> {
        Self::refuse()
    }

    async fn revoke(&self, _: SessionId) -> Result<Revoked, StoreError> {
        Self::refuse()
    }

    async fn purge(&self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        Self::refuse()
    }
}

/// Runs a future to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
