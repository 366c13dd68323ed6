//! Line 19, first half: requests in flight across a renewal.

use crate::harness::{Answer, Bench, Flight, Request, Store, Visitor, on_each_store, on_memcached};

on_each_store!(
    behaviour_19_fifty_requests_in_flight_across_a_renewal_all_succeed,
    behaviour_19_fifty_requests_when_a_renewal_is_due_converge_on_one_token,
    behaviour_19_a_late_answer_never_sets_the_old_cookie_again,
    behaviour_19_a_browser_that_takes_every_answer_is_never_signed_out,
);
on_memcached!(
    behaviour_19_fifty_requests_when_a_renewal_is_due_converge_on_one_token,
    behaviour_19_a_late_answer_never_sets_the_old_cookie_again
);

/// Renewal each ten seconds, the old token good for five more.
const PERIODIC: [&str; 6] = ["--renew-ms", "10000", "--grace-ms", "5000", "--touch-ms", "0"];

/// The token that a renewal hands out, once it is due.
#[track_caller]
fn renew_when_due(visitor: &mut Visitor<'_>) -> String {
    visitor.get("/me").expect(200).expect_new_token()
}

fn behaviour_19_fifty_requests_in_flight_across_a_renewal_all_succeed(store: Store) {
    let bench = store.start(&PERIODIC);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let deeds = ["read", "write", "incr", "read", "incr"];
    let held = bench.hold((0..50).map(|turn| (deeds[turn % 5], Some(old.as_str()))));
    bench.advance_ms(10_000);
    let new = renew_when_due(&mut alice);
    assert_ne!(new, old);
    // Presenting it makes it the session's token; the fifty hold the old one, which has its grace.
    assert_eq!(alice.user().as_deref(), Some("alice"));
    for answer in held.release() {
        assert_eq!(answer.outcome(), "ok");
        if let Some(token) = answer.new_token() {
            assert_ne!(token, old, "a late answer set the old token again");
        }
        alice.obey(&answer);
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(alice.count(), 20, "no increment was lost");
    bench.advance_ms(5_000);
    assert_eq!(alice.user().as_deref(), Some("alice"), "signed out after the grace");
    assert_eq!(bench.count_events("reused"), 0, "nobody stole anything");
    assert_eq!(bench.rows(), 1);
}

fn behaviour_19_fifty_requests_when_a_renewal_is_due_converge_on_one_token(store: Store) {
    for target in ["/me", "/peek", "/slot/a"] {
        let bench = store.start(&PERIODIC);
        let mut alice = bench.signed_in("alice");
        let old = alice.token();
        bench.advance_ms(10_000);
        let answers = fifty(&bench, &Request::get(target).token(&old));
        let mut tokens: Vec<String> = answers.iter().filter_map(Answer::new_token).collect();
        tokens.sort();
        tokens.dedup();
        assert!(tokens.len() <= 1, "{target}: all who are given a token are given the same");
        assert!(target != "/me" || tokens.len() == 1, "the renewal was due");
        for answer in &answers {
            alice.obey(answer);
        }
        assert_eq!(alice.user().as_deref(), Some("alice"));
        bench.assert_live(&old);
        bench.advance_ms(5_000);
        assert_eq!(alice.user().as_deref(), Some("alice"));
        if let Some(token) = tokens.first() {
            bench.assert_live(token);
            bench.assert_dead(&old);
        }
    }
}

fn behaviour_19_a_late_answer_never_sets_the_old_cookie_again(store: Store) {
    let bench = store.start(&["--renew-ms", "10000", "--grace-ms", "60000"]);
    let mut alice = bench.signed_in("alice");
    let first = alice.token();
    let held = bench.hold(["read", "write", "renew"].map(|then| (then, Some(first.as_str()))));
    for _ in 0..3 {
        bench.advance_ms(10_000);
        renew_when_due(&mut alice);
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
    for answer in held.release() {
        assert_ne!(answer.expect(200).new_token().as_ref(), Some(&first));
        alice.obey(&answer);
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
    bench.advance_ms(60_000);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.assert_dead(&first);
}

/// Twenty rounds of parallel requests over due renewals; answers are obeyed in whatever order they come.
fn behaviour_19_a_browser_that_takes_every_answer_is_never_signed_out(store: Store) {
    let bench = store.start(&PERIODIC);
    let mut alice = bench.signed_in("alice");
    for round in 0..20 {
        bench.advance_ms(if round % 3 == 0 { 10_000 } else { 3_000 });
        let requests =
            [Request::get("/me"), Request::post("/incr"), Request::post("/renew"), Request::get("/peek")];
        let flights: Vec<Flight> =
            requests.iter().cycle().take(12).map(|request| alice.launch(request.clone())).collect();
        let mut answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
        if round % 2 == 0 {
            answers.reverse();
        }
        for answer in answers {
            answer.expect_success();
            alice.obey(&answer);
        }
        assert_eq!(alice.user().as_deref(), Some("alice"), "round {round}");
    }
    assert_eq!(alice.count(), 60);
    assert_eq!(bench.rows(), 1);
}

#[track_caller]
fn fifty(bench: &Bench, request: &Request) -> Vec<Answer> {
    let flights: Vec<Flight> = (0..50).map(|_| bench.launch(request.clone())).collect();
    let answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
    for answer in &answers {
        answer.expect(200);
    }
    answers
}
