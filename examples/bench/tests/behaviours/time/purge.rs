//! Line 25 and STO-09: what has expired leaves the store.

use crate::harness::{Bench, Request, Store, on_each_store, on_sealed};

on_each_store!(
    behaviour_25_a_purge_removes_what_has_expired_and_nothing_else,
    behaviour_25_a_purge_locks_out_no_reader_and_no_writer,
    sto_09_a_thousand_expired_sessions_leave_no_record_round_after_round,
);
on_sealed!(sto_09_a_thousand_expired_sessions_leave_no_record_round_after_round);

const FLAGS: [&str; 6] = ["--idle-ms", "60000", "--absolute-ms", "120000", "--touch-ms", "0"];

/// Anonymous sessions, made over several connections at once so that their commits can be grouped.
#[track_caller]
fn fill(bench: &Bench, count: usize) {
    let request = Request::put("/slot/a?value=x");
    let mut connections: Vec<_> = (0..16).map(|_| bench.connect()).collect();
    let mut made = 0;
    while made < count {
        for connection in &mut connections {
            connection.send(&request).expect("the program takes the request");
        }
        for connection in &mut connections {
            let answer = connection.receive(&request).expect("the program answers");
            assert!(answer.new_token().is_some(), "{}", answer.status);
            made += 1;
        }
    }
}

fn behaviour_25_a_purge_removes_what_has_expired_and_nothing_else(store: Store) {
    let bench = store.start(&FLAGS);
    fill(&bench, 32);
    bench.advance_ms(30_000);
    let alice = bench.signed_in("alice").token();
    assert_eq!(bench.sweep(), 0);
    bench.advance_ms(29_999);
    assert_eq!(bench.sweep(), 0, "a purge is never early");
    assert_eq!(bench.rows(), 33);
    bench.advance_ms(10_000);
    // What the program has purged by itself by now is not there for this purge any more.
    bench.sweep();
    assert_eq!(bench.rows(), 1);
    bench.assert_live(&alice);
    bench.advance_ms(60_000);
    bench.sweep();
    assert_eq!(bench.rows(), 0);
    bench.assert_dead(&alice);
}

fn behaviour_25_a_purge_locks_out_no_reader_and_no_writer(store: Store) {
    let bench = store.start(&FLAGS);
    fill(&bench, 2_000);
    bench.advance_ms(60_000);
    let mut alice = bench.signed_in("alice");
    let mut purge = crate::harness::Connection::open(bench.control_address()).expect("control accepts");
    let request = Request::post("/sweep");
    purge.send(&request).expect("the program takes the request");
    for turn in 1..=50 {
        alice.get("/me").expect(200);
        assert_eq!(alice.post("/incr").expect(200).json_integer("count"), turn);
    }
    purge.receive(&request).expect("the purge comes to its end").expect(200);
    assert_eq!(bench.rows(), 1);
}

fn sto_09_a_thousand_expired_sessions_leave_no_record_round_after_round(store: Store) {
    let bench = store.start(&FLAGS);
    let mut resident = Vec::new();
    for _ in 0..6 {
        fill(&bench, 1_000);
        bench.advance_ms(120_000);
        bench.sweep();
        assert_eq!(bench.rows(), 0);
        resident.push(bench.resident_octets());
    }
    // The first rounds warm the allocator up; from then on each round ends where the one before did.
    let (settled, last) = (resident[2], resident[5]);
    assert!(last <= settled + settled / 10, "resident memory after each round: {resident:?}");
}
