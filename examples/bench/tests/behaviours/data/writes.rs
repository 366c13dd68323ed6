//! Line 26: concurrent writes of one session.

use std::collections::BTreeSet;

use crate::harness::{Answer, Flight, Request, Store, on_every_store};

on_every_store!(
    behaviour_26_a_hundred_concurrent_increments_give_a_hundred,
    behaviour_26_a_hundred_increments_that_read_the_same_record_give_a_hundred,
    behaviour_26_writes_to_different_slots_both_survive,
    behaviour_26_writes_to_the_same_slot_leave_one_of_them_whole,
    behaviour_26_a_delete_and_a_write_of_another_slot_both_happen,
    behaviour_26_writes_survive_a_renewal_and_a_touch_meanwhile,
    behaviour_26_a_session_over_its_limit_is_refused_and_stays_as_it_was,
);

fn behaviour_26_a_hundred_concurrent_increments_give_a_hundred(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let flights: Vec<Flight> = (0..100).map(|_| alice.launch(Request::post("/incr"))).collect();
    let answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
    let counts: BTreeSet<i64> =
        answers.iter().map(|answer| answer.expect(200).json_integer("count")).collect();
    assert_eq!(counts, (1..=100).collect(), "each increment saw a number of its own");
    assert_eq!(alice.count(), 100);
}

fn behaviour_26_a_hundred_increments_that_read_the_same_record_give_a_hundred(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    let held = bench.hold((0..100).map(|_| ("incr", Some(token.as_str()))));
    for answer in held.release() {
        assert_eq!(answer.outcome(), "ok");
    }
    assert_eq!(alice.count(), 100);
}

fn behaviour_26_writes_to_different_slots_both_survive(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    for round in 0..20 {
        let held = bench.hold([("write", Some(token.as_str())), ("incr", Some(token.as_str()))]);
        let b = format!("b{round}");
        alice.set_slot("b", &b);
        for answer in held.release() {
            assert_eq!(answer.outcome(), "ok");
        }
        assert!(alice.slot("a").is_some(), "round {round}");
        assert_eq!(alice.slot("b"), Some(b));
        assert_eq!(alice.count(), round + 1);
        alice.ask(Request::new("DELETE", "/slot/a"));
        assert_eq!(alice.slot("a"), None);
    }
}

fn behaviour_26_writes_to_the_same_slot_leave_one_of_them_whole(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for round in 0..5 {
        let values: Vec<String> = (0..10).map(|writer| format!("{round}{writer}").repeat(100)).collect();
        let flights: Vec<Flight> =
            values.iter().map(|value| alice.launch(Request::put(format!("/slot/a?value={value}")))).collect();
        for flight in flights {
            let answer = flight.land();
            answer.expect_success();
        }
        let left = alice.slot("a").expect("somebody wrote it last");
        assert!(values.contains(&left), "a mixture: {left}");
    }
}

fn behaviour_26_a_delete_and_a_write_of_another_slot_both_happen(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("b", "old");
    let token = alice.token();
    let held = bench.hold([("write", Some(token.as_str()))]);
    let deleted = alice.ask(Request::new("DELETE", "/slot/b"));
    deleted.expect_success();
    assert_eq!(held.release()[0].outcome(), "ok");
    assert_eq!(alice.slot("b"), None, "the late write did not bring it back");
    assert!(alice.slot("a").is_some());
}

fn behaviour_26_writes_survive_a_renewal_and_a_touch_meanwhile(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    let held = bench.hold([("write", Some(token.as_str())), ("incr", Some(token.as_str()))]);
    bench.advance_ms(1_000);
    alice.post("/renew").expect(204).expect_new_token();
    alice.get("/me").expect(200);
    for answer in held.release() {
        assert_eq!(answer.outcome(), "ok");
    }
    assert!(alice.slot("a").is_some());
    assert_eq!(alice.count(), 1);
}

/// The greatest that is taken and the least that is not are looked for; nothing between is a broken answer.
fn behaviour_26_a_session_over_its_limit_is_refused_and_stays_as_it_was(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("a", "kept");
    alice.post("/incr").expect(200);
    let mut refused = 0;
    for octets in [1, 1_000, 100_000, 10_000_000, 1_000_000_000] {
        let answer = alice.put(&format!("/big?n={octets}"));
        answer.expect_no_cookie();
        if answer.status == 413 {
            answer.expect_error(413, "session_too_large");
            refused += 1;
        } else {
            answer.expect_success();
        }
        assert_eq!(alice.slot("a").as_deref(), Some("kept"));
        assert_eq!(alice.count(), 1);
    }
    assert!(refused >= 1, "a session has no limit");
}
