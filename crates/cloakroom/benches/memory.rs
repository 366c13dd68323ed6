//! The memory store at a million sessions: octets and nanoseconds per session, the worst wait, ten generations.
//!
//! ```text
//! cargo bench -p cloakroom --bench memory            # a million sessions, ten generations
//! cargo bench -p cloakroom --bench memory -- 300000  # another number
//! ```
//! Every generation does the same, so for each call the shortest of all generations counts: a machine that is busy with
//! something else delays a call once, a lock that is held too long delays it each time. One thread does everything, so the
//! longest call is an upper bound of how long any one lock was held.

use std::alloc::System;
use std::future::Future;
use std::hint::black_box;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use cloakroom::memory::MemoryStore;
use cloakroom_core::store::{Cap, CapPolicy, Insert, Row, Store, SubjectIndex, SubjectInsert, Touch};
use cloakroom_core::{
    FreshSecret, KeptAtSignIn, Lifetime, Method, Record, SessionId, Slots, Subject, Timestamp, hours,
    minutes, seconds,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const LIFETIME: Lifetime = Lifetime::idle_absolute(minutes(30), hours(12));
const GENERATIONS: usize = 10;
const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn main() {
    let sessions = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000_usize);
    println!("load_now: {} ns over 1 session, {} ns over 300,000 at random", loads(1), loads(300_000));

    let mut calls = ["insert", "read", "touch", "list"].map(|what| Calls::new(what, sessions));
    let mut expiry = Duration::MAX;
    let before = heap();
    let store = MemoryStore::new();
    println!("an empty store has {} octets, and the process {} KiB", heap() - before, resident_kib());
    let before = heap();
    let octets = |store: &MemoryStore| heap() - before + mapped(store);
    for generation in 1..=GENERATIONS {
        let start = START.after(hours(24) * u32::try_from(generation).expect("a few"));
        live(&store, &mut calls, sessions, start);
        let (full, resident) = (octets(&store), resident_kib());
        expiry = expiry.min(expire(&store, sessions, start));
        println!(
            "generation {generation}: {} octets per session and {resident} KiB in all; after all have expired \
             {} rows, {} octets, {} KiB",
            full / sessions,
            store.rows().expect("rows"),
            octets(&store),
            resident_kib()
        );
    }
    calls.iter_mut().for_each(Calls::print);
    println!("{:>10}: {} ns each", "expire", expiry.as_nanos() / sessions as u128);
    revoke_everyone(&store, sessions);
}

/// Inserts, reads, touches and lists a generation of sessions, which come over an hour.
fn live(store: &MemoryStore, calls: &mut [Calls; 4], sessions: usize, start: Timestamp) {
    let [inserts, reads, touches, lists] = calls;
    let row = |number: usize| row(number, start.after(hours(1) * part(number) / part(sessions)));
    let cap = NonZeroUsize::new(10).map(|sessions_max| Cap { sessions_max, policy: CapPolicy::EvictOldest });
    for number in 0..sessions {
        let (id, row) = (id(number), row(number));
        let subject = row.subject.as_ref().expect("every row has a subject");
        inserts.time(number, || {
            let fence = wait(store.fence(subject)).expect("fence");
            let insert = Insert { id, row: &row, replaces: None };
            let insert = SubjectInsert { insert, fence, cap, now: row.created_at };
            wait(store.insert_for_subject(insert)).expect("insert")
        });
    }
    for number in (0..sessions).map(|n| at_random(n, sessions)) {
        let (id, row) = (id(number), row(number));
        let touch = Touch {
            last_seen_at: row.last_seen_at.after(minutes(5)),
            expires_at: row.expires_at.after(minutes(5)),
        };
        reads.time(number, || store.load_now(id).expect("at once").expect("load").expect("live"));
        touches.time(number, || wait(store.touch(id, touch)).expect("touch"));
        lists.time(number, || wait(store.list(row.subject.as_ref().expect("a subject"))).expect("list"));
    }
}

/// Lets time pass as a server does, a purge every ten seconds, each in calls of a thousand rows.
fn expire(store: &MemoryStore, sessions: usize, start: Timestamp) -> Duration {
    let (mut now, mut removed, mut total) = (start, 0, Duration::ZERO);
    while removed < sessions {
        now = now.after(seconds(10));
        let begun = clock();
        loop {
            let here = wait(store.purge(now, 1_000)).expect("purge");
            removed += here;
            if here < 1_000 {
                break;
            }
        }
        total += begun.elapsed();
    }
    total
}

fn revoke_everyone(store: &MemoryStore, sessions: usize) {
    for number in 0..sessions {
        let insert = Insert { id: id(number), row: &row(number, START), replaces: None };
        let _ = wait(store.insert(insert)).expect("insert");
    }
    let end_all = || {
        let begun = clock();
        (wait(store.revoke_everyone()).expect("revoke_everyone"), begun.elapsed())
    };
    let (ended, took) = end_all();
    // Under the locks a full store does what an empty one does; then it unmaps what it took away.
    let locked = (0..100).map(|_| end_all().1).min().expect("a hundred");
    println!("revoking everyone ends {ended} sessions in {took:?}, of it {locked:?} under locks");
}

/// The median of many slices of a thousand loads.
fn loads(sessions: usize) -> u128 {
    let store = MemoryStore::new();
    for number in 0..sessions {
        let insert = Insert { id: id(number), row: &row(number, START), replaces: None };
        let _ = wait(store.insert(insert)).expect("insert");
    }
    let mut slices: Vec<_> = (0..2_000)
        .map(|slice| {
            let begun = clock();
            for number in slice * 1_000..(slice + 1) * 1_000 {
                let _ = black_box(store.load_now(id(at_random(number, sessions))));
            }
            begun.elapsed().as_nanos() / 1_000
        })
        .collect();
    slices.sort_unstable();
    slices[slices.len() / 2]
}

/// For each of many calls, the shortest time that it ever took.
struct Calls {
    what: &'static str,
    nanos: Vec<u32>,
}

impl Calls {
    fn new(what: &'static str, calls: usize) -> Self {
        Self { what, nanos: vec![u32::MAX; calls] }
    }

    fn time<T>(&mut self, call: usize, work: impl FnOnce() -> T) {
        let begun = clock();
        black_box(work());
        let nanos = u32::try_from(begun.elapsed().as_nanos()).unwrap_or(u32::MAX);
        self.nanos[call] = self.nanos[call].min(nanos);
    }

    fn print(&mut self) {
        self.nanos.sort_unstable();
        let at = |part: f64| {
            let calls = u32::try_from(self.nanos.len()).expect("some million");
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a length"
            )]
            let at = (f64::from(calls - 1) * part) as usize;
            self.nanos[at]
        };
        println!(
            "{:>10}: {} ns in the middle, {} ns one in a thousand, {} ns the longest call, the clock included",
            self.what,
            at(0.5),
            at(0.999),
            at(1.0)
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn clock() -> Instant {
    Instant::now()
}

fn heap() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// What the store maps beside the heap: all that a dump writes.
fn mapped(store: &MemoryStore) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.0 += octets.len();
            Ok(octets.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    store.dump(&mut count).expect("counting never fails");
    count.0
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// The row of a session {subject, role, created}.
fn row(number: usize, now: Timestamp) -> Row {
    let mut slots = Slots::default();
    slots.set("role", b"\x05admin", KeptAtSignIn::No).expect("it is short");
    let subject = Subject::new(&format!("user-{number:06}")).expect("a name");
    let fresh = FreshSecret::from_entropy([7; 32]);
    Record::authenticated(subject, Method::Password, &fresh, now).with_slots(slots).to_row(&LIFETIME)
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
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// Another order of the numbers below `count`: steps of a large prime.
fn at_random(number: usize, count: usize) -> usize {
    number.wrapping_mul(982_451_653) % count
}

fn part(number: usize) -> u32 {
    u32::try_from(number).expect("a number of sessions")
}

/// Runs a future of this store to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
