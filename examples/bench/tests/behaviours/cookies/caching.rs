//! Line 35: what caches are told.

use crate::harness::{Answer, Request, Store, on_every_store, on_sealed, password_of};

on_every_store!(
    behaviour_35_no_store_stands_on_every_answer_that_sets_our_cookie_and_only_there,
    behaviour_35_vary_cookie_stands_on_every_answer_that_read_the_session_and_only_there,
    behaviour_35_a_renewal_overrules_what_the_handler_says_of_caching,
    behaviour_35_one_cache_control_field_is_enough,
);
on_sealed!(
    behaviour_35_vary_cookie_stands_on_every_answer_that_read_the_session_and_only_there,
    behaviour_35_a_renewal_overrules_what_the_handler_says_of_caching,
    behaviour_35_one_cache_control_field_is_enough,
);

#[track_caller]
fn assert_no_store(answer: &Answer, expected: bool, what: &str) {
    assert_eq!(answer.field_has("cache-control", "no-store"), expected, "{what} -> {}", answer.status);
}

/// That it stands wherever a cookie is set is checked on every answer of every test.
fn behaviour_35_no_store_stands_on_every_answer_that_sets_our_cookie_and_only_there(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let login = alice.ask(Request::login("alice", &password_of("alice")));
    assert_no_store(&login, true, "sign-in");
    for target in ["/me", "/peek", "/sessions", "/slot/a", "/count", "/public"] {
        assert_no_store(&alice.get(target), false, target);
    }
    assert_no_store(&alice.post("/incr"), false, "/incr");
    assert_no_store(&alice.post("/renew"), true, "/renew");
    assert_no_store(&alice.post("/logout"), true, "/logout");
    assert_no_store(&bench.get("/public"), false, "/public without a cookie");
    assert_no_store(&bench.get("/me"), false, "/me without a cookie");
    let failed = bench.ask(&Request::login("alice", "wrong"));
    assert_no_store(&failed, false, "a failed sign-in");
}

fn behaviour_35_vary_cookie_stands_on_every_answer_that_read_the_session_and_only_there(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for target in ["/me", "/peek", "/sessions", "/slot/a", "/count"] {
        let (with, without) = (alice.get(target), bench.get(target));
        assert!(with.field_has("vary", "cookie"), "GET {target} with a session");
        // Without a cookie the answer depends on that just the same.
        assert!(without.field_has("vary", "cookie"), "GET {target} without a cookie");
    }
    let stale = bench.ask(&Request::get("/peek").token(&"A".repeat(64)));
    assert!(stale.field_has("vary", "cookie"));
    for answer in [alice.get("/public"), bench.get("/public")] {
        assert!(!answer.field_has("vary", "cookie"), "a page without a session is the same for all");
    }
}

/// `/peek` may say of itself what it likes, until the answer happens to carry a new token.
fn behaviour_35_a_renewal_overrules_what_the_handler_says_of_caching(store: Store) {
    let bench = store.start(&["--renew-ms", "10000"]);
    let mut alice = bench.signed_in("alice");
    assert_no_store(&alice.get("/peek"), false, "/peek");
    bench.advance_ms(10_000);
    let answer = alice.get("/peek");
    if answer.new_token().is_some() {
        assert_eq!(answer.field("cache-control").as_deref(), Some("no-store"));
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

fn behaviour_35_one_cache_control_field_is_enough(store: Store) {
    let bench = store.start(&[]);
    let login = bench.ask(&Request::login("alice", &password_of("alice")));
    let fields = login.fields.iter().filter(|(name, _)| name == "cache-control");
    assert_eq!(fields.count(), 1);
}
