//! `/end`, `/slow` and `/twice`: handlers that end in every way a handler can.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed};

on_each_store!(
    a_handler_ends_as_it_was_asked_to,
    a_handler_that_panics_takes_nobody_with_it,
    a_slow_request_answers_with_its_outcome,
    a_slow_request_of_nobody_is_anonymous_or_begins_a_session,
    an_open_gate_stays_open,
);
on_memcached!(
    a_handler_ends_as_it_was_asked_to,
    a_handler_that_panics_takes_nobody_with_it,
    a_slow_request_answers_with_its_outcome,
    an_open_gate_stays_open
);
on_sealed!(
    a_handler_ends_as_it_was_asked_to,
    a_handler_that_panics_takes_nobody_with_it,
    an_open_gate_stays_open,
);

fn a_handler_ends_as_it_was_asked_to(store: Store) {
    let bench = store.start(&[]);
    for deed in ["renew", "login", "write"] {
        for (how, status) in
            [("200", 200), ("204", 204), ("303", 303), ("404", 404), ("500", 500), ("stream", 200)]
        {
            let mut alice = bench.signed_in("alice");
            let answer = alice.post(&format!("/end?how={how}&do={deed}"));
            assert_eq!(answer.status, status, "{how}, {deed}");
            assert_eq!(answer.field("location").is_some(), status == 303, "{how}, {deed}");
            assert!(
                how != "stream" || answer.field_has("transfer-encoding", "chunked"),
                "a stream has no length"
            );
            assert_eq!(alice.user().as_deref(), Some("alice"), "{how}, {deed}");
        }
        let mut alice = bench.signed_in("alice");
        let head = alice.ask(Request::new("HEAD", format!("/end?how=head&do={deed}")));
        assert_eq!(head.status, 200, "{deed}");
        assert_eq!(alice.user().as_deref(), Some("alice"), "head, {deed}");
    }
}

fn a_handler_that_panics_takes_nobody_with_it(store: Store) {
    let bench = store.start(&[]);
    let bob = bench.signed_in("bob").token();
    for deed in ["renew", "login", "write"] {
        let mut alice = bench.signed_in("alice");
        for _ in 0..3 {
            if let Ok(answer) = alice.launch(Request::post(format!("/end?how=panic&do={deed}"))).try_land() {
                assert_eq!(answer.status, 500, "{deed}");
                alice.obey(&answer);
            }
            assert_eq!(alice.user().as_deref(), Some("alice"), "{deed}");
        }
        bench.assert_live(&bob);
    }
}

fn a_slow_request_answers_with_its_outcome(store: Store) {
    let bench = store.start(&["--grace-ms", "0"]);
    for then in ["read", "write", "incr", "renew", "sign_in", "sign_out"] {
        let mut alice = bench.signed_in("alice");
        let token = alice.token();
        let held = bench.hold([(then, Some(token.as_str()))]);
        let answer = held.release().remove(0);
        assert_eq!(answer.outcome(), "ok", "{then}");
        match then {
            "renew" | "sign_in" => assert!(answer.new_token().is_some(), "{then}"),
            "sign_out" => drop(answer.expect_removal()),
            _ => drop(answer.expect_no_cookie()),
        }
        alice.obey(&answer);
        assert_eq!(alice.user().is_some(), then != "sign_out", "{then}");
        assert_eq!(alice.slot("a").is_some(), then == "write", "{then}");
    }
}

fn a_slow_request_of_nobody_is_anonymous_or_begins_a_session(store: Store) {
    let bench = store.start(&[]);
    let held = bench.hold(["read", "renew", "sign_out", "sign_in"].map(|then| (then, None)));
    let answers = held.release();
    for answer in &answers[..3] {
        let outcome = answer.outcome();
        assert!(outcome == "anonymous" || outcome == "ok", "{outcome}");
        answer.expect_no_cookie();
    }
    assert_eq!(answers[3].outcome(), "ok");
    bench.assert_live(&answers[3].expect_new_token());
    assert_eq!(bench.rows(), 1);
}

fn an_open_gate_stays_open(store: Store) {
    let bench = store.start(&[]);
    bench.open("wide");
    for _ in 0..3 {
        assert_eq!(bench.ask(&Request::slow("wide", "read")).status, 200);
    }
}
