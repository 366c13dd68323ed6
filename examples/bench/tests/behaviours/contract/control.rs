//! The control listener: its clock, its counters, its events, and what a store says of itself.

use crate::harness::{
    Account, Request, Store, StoreMode, on_each_store, on_memcached, on_sealed, password_of,
};

on_each_store!(
    the_clock_moves_by_as_much_as_it_is_told,
    the_counters_count_what_a_request_costs,
    each_event_of_a_life_is_told_once_with_time_session_and_subject,
    rows_count_expired_sessions_until_they_are_purged,
    a_disabled_account_signs_in_as_little_as_an_unknown_one,
    trouble_is_of_the_store_and_not_of_the_control_listener,
);
on_memcached!(
    the_clock_moves_by_as_much_as_it_is_told,
    each_event_of_a_life_is_told_once_with_time_session_and_subject
);
on_sealed!(the_clock_moves_by_as_much_as_it_is_told, a_disabled_account_signs_in_as_little_as_an_unknown_one,);

fn the_clock_moves_by_as_much_as_it_is_told(store: Store) {
    let bench = store.start(&[]);
    let start_ms = bench.now_ms();
    assert!(start_ms > 1_600_000_000_000, "it starts at the wall clock's now: {start_ms}");
    assert_eq!(bench.now_ms(), start_ms, "time stands");
    assert_eq!(bench.advance_ms(1), start_ms + 1);
    assert_eq!(bench.advance_ms(60_000), start_ms + 60_001);
    let bad = crate::harness::Connection::open(bench.control_address())
        .expect("the control listener accepts")
        .ask(&Request::post("/clock?advance_ms=soon"));
    assert_eq!(bad.status, 400);
}

/// An authenticated read inside the touch window is one look-up; a sign-in is one insert.
fn the_counters_count_what_a_request_costs(store: Store) {
    let bench = store.start(&[]);
    let start = bench.ops();
    let mut alice = bench.signed_in("alice");
    let signed_in = bench.ops();
    assert_eq!(signed_in.inserts - start.inserts, 1);
    assert_eq!(signed_in.loads, start.loads, "without a cookie there is nothing to look up");
    alice.get("/me").expect(200);
    let read = bench.ops();
    assert_eq!((read.loads - signed_in.loads, read.writes()), (1, signed_in.writes()));
    alice.set_slot("a", "x");
    let written = bench.ops();
    assert_eq!((written.replaces - read.replaces, written.inserts), (1, read.inserts));
    alice.get("/sessions").expect(200);
    assert!(bench.ops().lists > written.lists);
    let listed = bench.ops();
    alice.sign_out();
    assert!(bench.ops().revokes > listed.revokes);
    bench.sweep();
    assert!(bench.ops().sweeps > listed.sweeps);
}

fn each_event_of_a_life_is_told_once_with_time_session_and_subject(store: Store) {
    let bench = store.start(&["--grace-ms", "0"]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    bench.advance_ms(1_000);
    alice.post("/renew").expect(204);
    alice.get("/me").expect(200);
    bench.advance_ms(1_000);
    alice.reauthenticate("alice");
    bench.advance_ms(1_000);
    alice.sign_out();
    bench.ask(&Request::login("alice", "wrong")).expect(401);
    let events = bench.events();
    for name in ["signed_in", "renewed", "reauthenticated", "signed_out"] {
        let told: Vec<_> = events.iter().filter(|event| event.name == name).collect();
        assert_eq!(told.len(), 1, "{name} in {events:?}");
        assert_eq!(told[0].session_id.as_ref(), Some(&id), "{name}");
        assert_eq!(told[0].subject.as_deref(), Some("alice"), "{name}");
    }
    assert_eq!(events.iter().filter(|event| event.name == "sign_in_failed").count(), 1);
    assert!(events.is_sorted_by_key(|event| event.at_ms), "{events:?}");
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    assert!(bench.count_events("created") >= 1);
}

fn rows_count_expired_sessions_until_they_are_purged(store: Store) {
    let bench = store.start(&["--idle-ms", "60000", "--touch-ms", "0"]);
    assert_eq!(bench.rows(), 0);
    for expected in 1..=3 {
        bench.signed_in("alice");
        assert_eq!(bench.rows(), expected);
    }
    bench.advance_ms(24 * 3_600_000);
    bench.sweep();
    assert_eq!(bench.rows(), 0);
    assert_eq!(bench.sweep(), 0, "a purge runs to its end");
}

fn a_disabled_account_signs_in_as_little_as_an_unknown_one(store: Store) {
    let bench = store.start(&[]);
    bench.account("bob", Account::Disable);
    let answers = [
        bench.ask(&Request::login("bob", &password_of("bob"))),
        bench.ask(&Request::login("nobody", &password_of("nobody"))),
        bench.ask(&Request::login("alice", &password_of("bob"))),
        bench.ask(&Request::login("carol", &password_of("carol"))),
    ];
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (answers[0].status, &answers[0].body));
        let names =
            |fields: &[(String, Vec<u8>)]| fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&answer.fields), names(&answers[0].fields));
    }
    bench.account("bob", Account::Enable);
    bench.signed_in("bob");
}

fn trouble_is_of_the_store_and_not_of_the_control_listener(store: Store) {
    let bench = store.start(&[]);
    bench.signed_in("alice");
    for mode in [StoreMode::Down, StoreMode::Hang] {
        bench.set_store(mode);
        bench.advance_ms(1);
        bench.ops();
        bench.events();
        bench.acts();
    }
    bench.set_store(StoreMode::Ok);
    assert_eq!(bench.rows(), 1);
}
