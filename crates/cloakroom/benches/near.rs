//! The near cache: nanoseconds and allocations of a read, beside those of the memory store in the same run.
//!
//! ```text
//! cargo bench -p cloakroom --bench near
//! ```
//! Slices of a thousand reads of either alternate, and the median counts, so that what else the machine does meets both.

use std::alloc::System;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use cloakroom::{MemoryStore, NearCache, NearOptions, hours};
use cloakroom_core::store::{Insert, Store, Touch};
use cloakroom_core::{Clock, FreshSecret, KeptAtSignIn, Lifetime, Method, Record, SessionId, Slots, Subject};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SLICES: usize = 1_001;
const SLICE: usize = 1_000;

fn main() {
    for sessions in [1, 1_000, 100_000] {
        reads(sessions);
    }
    misses_and_touches();
}

/// Reads sessions at random, all of which are in memory: the bound is so long that none becomes too old.
fn reads(sessions: usize) {
    let options = || NearOptions::new().staleness_max(hours(1)).octets_max(256 << 20);
    let (memory, near) = (filled(sessions), NearCache::new(filled(sessions), options()));
    for number in 0..sessions {
        wait(near.load(id(number))).expect("load").expect("live");
    }
    let mut nanos = [Vec::new(), Vec::new()];
    let mut allocations = [0; 2];
    for slice in 0..SLICES {
        for (which, store) in [&memory as &dyn LoadNow, &near].into_iter().enumerate() {
            let region = Region::new(ALLOCATOR);
            let begun = clock();
            store.slice(slice, sessions);
            nanos[which].push(begun.elapsed().as_nanos());
            allocations[which] += region.change().allocations;
        }
    }
    let [memory, near] = nanos.map(|mut slices| {
        slices.sort_unstable();
        slices[slices.len() / 2] / SLICE as u128
    });
    let [of_memory, of_near] = allocations.map(|count| count / (SLICES * SLICE));
    println!(
        "a hit among {sessions:>6} sessions: {near:>3} ns, {of_near} allocations; memory store: {memory:>3} ns, {of_memory}"
    );
}

/// What a miss and a touch add to those of the store behind.
fn misses_and_touches() {
    const SESSIONS: usize = 20_000;
    let near = NearCache::new(filled(SESSIONS), NearOptions::new().staleness_max(hours(1)));
    let memory = filled(SESSIONS);
    let each = |work: &dyn Fn(usize)| {
        let region = Region::new(ALLOCATOR);
        let begun = clock();
        (0..SESSIONS).for_each(work);
        (begun.elapsed().as_nanos() / SESSIONS as u128, region.change().allocations / SESSIONS)
    };
    let touch = Touch { last_seen_at: now(), expires_at: now().after(hours(2)) };
    let miss = each(&|number| drop(black_box(wait(near.load(id(number))))));
    let load = each(&|number| drop(black_box(wait(memory.load(id(number))))));
    println!(
        "a miss: {} ns, {} allocations; of it the store behind {} ns, {}",
        miss.0, miss.1, load.0, load.1
    );
    let touched = each(&|number| drop(black_box(wait(near.touch(id(number), touch)))));
    let plain = each(&|number| drop(black_box(wait(memory.touch(id(number), touch)))));
    println!("a touch: {} ns; of it the store behind {} ns", touched.0, plain.0);
}

trait LoadNow {
    fn slice(&self, slice: usize, sessions: usize);
}

impl<S: Store> LoadNow for S {
    fn slice(&self, slice: usize, sessions: usize) {
        for number in slice * SLICE..(slice + 1) * SLICE {
            let loaded = self.load_now(id(at_random(number, sessions)));
            black_box(loaded.expect("at once").expect("load").expect("live"));
        }
    }
}

fn filled(sessions: usize) -> MemoryStore {
    let store = MemoryStore::new();
    let mut slots = Slots::default();
    slots.set("role", b"\x05admin", KeptAtSignIn::No).expect("it is short");
    for number in 0..sessions {
        let subject = Subject::new(&format!("user-{number:06}")).expect("a name");
        let fresh = FreshSecret::from_entropy([7; 32]);
        let record =
            Record::authenticated(subject, Method::Password, &fresh, now()).with_slots(slots.clone());
        let row = record.to_row(&Lifetime::idle_absolute(hours(12), hours(24)));
        let _ = wait(store.insert(Insert { id: id(number), row: &row, replaces: None })).expect("insert");
    }
    store
}

fn now() -> cloakroom::Timestamp {
    cloakroom::SystemClock::new().now()
}

/// A session ID as uniform as a real one.
fn id(number: usize) -> SessionId {
    let (high, low) = (mix(number as u64), mix(number as u64 ^ u64::MAX));
    SessionId::from_octets((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

/// The finaliser of `SplitMix64`.
fn mix(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ mixed >> 31
}

/// Another order of the numbers below `count`: steps of a large prime.
fn at_random(number: usize, count: usize) -> usize {
    number.wrapping_mul(982_451_653) % count
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn clock() -> Instant {
    Instant::now()
}

/// Runs a future of these stores to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
