//! Line 20: the answer that carries the new token fails or is lost.

use std::io::ErrorKind;

use crate::harness::{Bench, Request, Store, Visitor, on_every_store, on_sealed};

on_every_store!(
    behaviour_20_a_renewal_followed_by_a_failure_leaves_the_client_with_a_working_token,
    behaviour_20_a_renewal_whose_answer_is_lost_leaves_the_old_token_good,
    behaviour_20_lost_answers_in_a_row_lock_nobody_out,
    behaviour_20_a_pending_token_older_than_the_grace_is_replaced_by_another,
    behaviour_20_the_lost_token_is_worth_nothing_after_its_successor_is_used,
);
on_sealed!(
    behaviour_20_a_renewal_followed_by_a_failure_leaves_the_client_with_a_working_token,
    behaviour_20_a_renewal_whose_answer_is_lost_leaves_the_old_token_good,
);

const ENDS: [&str; 8] = ["200", "204", "303", "404", "500", "panic", "stream", "head"];
/// A theft alarm would end the session here, so a false one shows.
const STRICT: [&str; 4] = ["--grace-ms", "30000", "--reuse-policy", "revoke"];

fn renewal_that_ends(how: &str) -> Request {
    let method = if how == "head" { "HEAD" } else { "POST" };
    Request::new(method, format!("/end?how={how}&do=renew"))
}

/// Once the client takes whatever cookie came, once it loses it.
fn behaviour_20_a_renewal_followed_by_a_failure_leaves_the_client_with_a_working_token(store: Store) {
    let bench = store.start(&STRICT);
    for how in ENDS {
        let mut obedient = bench.signed_in("alice");
        match obedient.launch(renewal_that_ends(how)).try_land() {
            Ok(answer) => obedient.obey(&answer),
            // A handler that panics may take its connection with it, but nothing else may.
            Err(error) => assert!(how == "panic" && error.kind() != ErrorKind::WouldBlock, "{how}: {error}"),
        }
        assert_eq!(obedient.user().as_deref(), Some("alice"), "{how}");
        bench.advance_ms(30_000);
        assert_eq!(obedient.user().as_deref(), Some("alice"), "{how}, after the grace");

        let mut forgetful = bench.signed_in("alice");
        let _ = forgetful.launch(renewal_that_ends(how)).try_land();
        assert_eq!(forgetful.user().as_deref(), Some("alice"), "{how}, answer lost");
        bench.advance_ms(60_000);
        assert_eq!(forgetful.user().as_deref(), Some("alice"), "{how}, answer lost, after the grace");
    }
    assert_eq!(bench.count_events("reused"), 0, "a false theft alarm");
}

fn behaviour_20_a_renewal_whose_answer_is_lost_leaves_the_old_token_good(store: Store) {
    let bench = store.start(&STRICT);
    let mut alice = bench.signed_in("alice");
    for _ in 0..30 {
        alice.launch(Request::post("/renew")).abandon();
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
    bench.advance_ms(60_000);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(bench.count_events("reused"), 0);
}

/// A client on a bad line: every periodic renewal is lost on the way, for an hour.
fn behaviour_20_lost_answers_in_a_row_lock_nobody_out(store: Store) {
    let flags = ["--renew-ms", "60000", "--grace-ms", "5000", "--reuse-policy", "revoke", "--touch-ms", "0"];
    let bench = store.start(&flags);
    let old = bench.signed_in("alice").token();
    let mut offered = 0;
    for _ in 0..60 {
        bench.advance_ms(60_000);
        let answer = bench.ask(&Request::get("/me").token(&old));
        answer.expect(200);
        offered += usize::from(answer.new_token().is_some());
    }
    assert!(offered >= 30, "a new token was offered {offered} times only");
    let mut alice = Visitor::with_token(&bench, &old);
    bench.advance_ms(60_000);
    alice.get("/me").expect(200);
    assert_eq!(alice.user().as_deref(), Some("alice"), "with the one that arrived at last");
    assert_eq!(bench.count_events("reused"), 0);
}

fn behaviour_20_a_pending_token_older_than_the_grace_is_replaced_by_another(store: Store) {
    let bench = store.start(&["--renew-ms", "60000", "--grace-ms", "5000"]);
    let old = bench.signed_in("alice").token();
    let ask = |bench: &Bench| bench.ask(&Request::get("/me").token(&old)).expect(200).new_token();
    bench.advance_ms(60_000);
    let lost = ask(&bench).expect("the renewal is due");
    bench.advance_ms(4_999);
    assert_eq!(ask(&bench), None, "the pending token may still be on its way");
    bench.advance_ms(2);
    let second = ask(&bench).expect("the pending token is older than the grace");
    assert_ne!(second, lost);
    bench.assert_live(&second);
}

fn behaviour_20_the_lost_token_is_worth_nothing_after_its_successor_is_used(store: Store) {
    let bench = store.start(&["--renew-ms", "60000", "--grace-ms", "5000"]);
    let old = bench.signed_in("alice").token();
    bench.advance_ms(60_000);
    let lost = bench.ask(&Request::get("/me").token(&old)).expect_new_token();
    bench.advance_ms(5_001);
    let second = bench.ask(&Request::get("/me").token(&old)).expect_new_token();
    bench.assert_live(&second);
    bench.assert_dead(&lost);
    bench.advance_ms(5_000);
    bench.assert_dead(&old);
    bench.assert_live(&second);
}
