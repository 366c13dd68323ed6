//! How many octets the memory store takes for a session, and that it gives them back.
//!
//! The only test of its program, since it counts what the whole process allocates.

use std::alloc::System;
use std::io::{self, Write};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cloakroom::memory::MemoryStore;
use cloakroom_core::store::{Insert, Row, Store};
use cloakroom_core::{
    FreshSecret, KeptAtSignIn, Lifetime, Method, Record, SessionId, Slots, Subject, Timestamp, hours,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SESSIONS: usize = 200_000;
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

#[test]
fn a_session_takes_at_most_160_octets_and_gives_them_back() {
    let store = MemoryStore::new();
    let empty = octets(&store);
    for number in 0..SESSIONS {
        let insert = Insert { id: id(number), row: &row(number), replaces: None };
        let _ = wait(store.insert(insert)).unwrap();
    }
    let each = (octets(&store) - empty) / SESSIONS;
    println!("{each} octets per session at {SESSIONS}, each of a subject of its own");
    assert!(each <= 160, "{each} octets per session");

    assert_eq!(wait(store.purge(NOW.after(hours(24)), usize::MAX)).unwrap(), SESSIONS);
    // The test harness allocates a little now and then.
    assert!(octets(&store) < empty + 64 * 1024, "{} octets are left", octets(&store) - empty);
}

/// What is allocated, and what is mapped beside it: all that a dump writes.
fn octets(store: &MemoryStore) -> usize {
    let mut mapped = Count(0);
    store.dump(&mut mapped).expect("a vector takes every octet");
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated + mapped.0
}

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

/// The row of a session {subject, role, created}.
fn row(number: usize) -> Row {
    let mut slots = Slots::default();
    slots.set("role", b"\x05admin", KeptAtSignIn::No).expect("six octets fit");
    let subject = Subject::new(&format!("user-{number:06}")).expect("a plain name");
    let fresh = FreshSecret::from_entropy([7; 32]);
    let record = Record::authenticated(subject, Method::Password, &fresh, NOW);
    record.with_slots(slots).to_row(&Lifetime::default())
}

/// A session ID as uniform as a real one.
fn id(number: usize) -> SessionId {
    let mix = |number: u64| {
        let mixed = (number ^ number >> 31).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 29
    };
    let number = number as u64;
    let (high, low) = (mix(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)), mix(number ^ 0xbf58_476d_1ce4_e5b9));
    SessionId::from_octets((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
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
