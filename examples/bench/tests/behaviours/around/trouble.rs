//! Line 38 and STO-03: a store that fails, that hangs, and that comes back.

use std::time::Duration;

use crate::harness::{
    Request, Stopwatch, Store, StoreMode, Visitor, on_each_store, on_memcached, on_sealed, password_of,
};

on_each_store!(
    behaviour_38_a_public_page_is_served_without_the_store_and_nothing_is_written,
    behaviour_38_a_protected_page_answers_503_with_retry_after_and_leaves_the_cookie,
    behaviour_38_the_same_cookie_works_when_the_store_is_back,
    behaviour_38_no_route_but_sign_out_sets_or_removes_a_cookie_while_the_store_is_down,
    behaviour_38_a_hanging_store_is_bounded_by_its_timeout,
    behaviour_38_a_client_that_disconnects_changes_nothing,
    behaviour_38_trouble_is_reported_as_trouble_and_not_as_an_anonymous_visitor,
    sto_03_a_store_failure_fails_closed_and_the_client_keeps_its_cookie,
);
on_memcached!(
    behaviour_38_a_protected_page_answers_503_with_retry_after_and_leaves_the_cookie,
    behaviour_38_the_same_cookie_works_when_the_store_is_back,
    behaviour_38_no_route_but_sign_out_sets_or_removes_a_cookie_while_the_store_is_down,
    behaviour_38_a_hanging_store_is_bounded_by_its_timeout,
    behaviour_38_trouble_is_reported_as_trouble_and_not_as_an_anonymous_visitor,
    sto_03_a_store_failure_fails_closed_and_the_client_keeps_its_cookie
);
on_sealed!(
    behaviour_38_a_protected_page_answers_503_with_retry_after_and_leaves_the_cookie,
    behaviour_38_the_same_cookie_works_when_the_store_is_back,
    behaviour_38_no_route_but_sign_out_sets_or_removes_a_cookie_while_the_store_is_down,
    behaviour_38_a_hanging_store_is_bounded_by_its_timeout,
    behaviour_38_trouble_is_reported_as_trouble_and_not_as_an_anonymous_visitor,
    sto_03_a_store_failure_fails_closed_and_the_client_keeps_its_cookie,
);

/// Protected routes, all of them.
fn protected() -> Vec<Request> {
    let password = password_of("alice");
    vec![
        Request::get("/me"),
        Request::get("/sessions"),
        Request::post("/logout_all"),
        Request::post("/logout_others"),
        Request::post("/revoke?id=00000000000000000000000000000000"),
        Request::post("/reauth").form(&[("password", &password)]),
        Request::post("/elevate"),
        Request::post("/pwchange").form(&[("old", &password), ("new", "another phrase")]),
        Request::post("/renew"),
    ]
}

fn behaviour_38_a_public_page_is_served_without_the_store_and_nothing_is_written(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    let mut alice = bench.signed_in("alice");
    for mode in [StoreMode::Down, StoreMode::Hang] {
        bench.set_store(mode);
        let before = bench.ops();
        for mut visitor in [alice.clone(), bench.visitor(), Visitor::with_token(&bench, &"A".repeat(64))] {
            visitor.get("/public").expect(200).expect_no_cookie();
        }
        assert_eq!(bench.ops().calls(), before.calls());
        bench.set_store(StoreMode::Ok);
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(bench.rows(), 1);
}

fn behaviour_38_a_protected_page_answers_503_with_retry_after_and_leaves_the_cookie(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    bench.set_store(StoreMode::Down);
    for request in protected().into_iter().chain([Request::get("/peek")]) {
        let target = request.target().to_owned();
        let answer = alice.ask(request);
        assert_eq!(answer.status, 503, "{target}");
        answer.expect_no_cookie();
        let seconds = answer.field("retry-after").and_then(|text| text.parse::<u32>().ok());
        assert!(
            seconds.is_some_and(|seconds| (1..=3_600).contains(&seconds)),
            "{target}: Retry-After {seconds:?}"
        );
    }
    assert_eq!(alice.token(), token);
    // Whoever presents nothing that needs the store is told so by the store's absence as by its presence.
    let nobody = bench.get("/me");
    assert!(matches!(nobody.status, 401 | 503), "{}", nobody.status);
}

fn behaviour_38_the_same_cookie_works_when_the_store_is_back(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("a", "kept");
    for _ in 0..5 {
        bench.set_store(StoreMode::Down);
        alice.get("/me").expect(503);
        bench.set_store(StoreMode::Ok);
        assert_eq!(alice.user().as_deref(), Some("alice"));
        assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    }
}

/// The password change that failed did not happen by halves either.
fn behaviour_38_no_route_but_sign_out_sets_or_removes_a_cookie_while_the_store_is_down(store: Store) {
    let bench = store.start(&["--touch-ms", "0", "--renew-ms", "1000"]);
    let mut alice = bench.signed_in("alice");
    bench.advance_ms(2_000);
    let token = alice.token();
    bench.set_store(StoreMode::Down);
    let more = [
        Request::login("alice", &password_of("alice")),
        Request::put("/slot/a?value=x"),
        Request::get("/slot/a"),
        Request::new("DELETE", "/slot/a"),
        Request::post("/incr"),
        Request::get("/count"),
        Request::put("/big?n=10"),
        Request::get("/form"),
        Request::get("/page"),
        Request::post("/twice?case=login_renew"),
        Request::post("/twice?case=in_out_in"),
        Request::post("/end?how=200&do=login"),
        Request::post("/end?how=500&do=renew"),
        Request::post("/end?how=303&do=write"),
    ];
    for request in protected().into_iter().chain(more) {
        for visitor in [&mut alice, &mut bench.visitor()] {
            let (method, target) = (request.method().to_owned(), request.target().to_owned());
            let answer = visitor.ask(request.clone());
            assert!(answer.session_cookie().is_none(), "{method} {target} -> {}", answer.status);
        }
    }
    alice.put("/slot/a?value=x");
    bench.set_store(StoreMode::Ok);
    assert_eq!(alice.slot("a"), None, "a write that could not be made is not made later");
    bench.assert_live(&token);
    bench.signed_in("alice");
}

fn behaviour_38_a_hanging_store_is_bounded_by_its_timeout(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "300"]);
    let mut alice = bench.signed_in("alice");
    bench.set_store(StoreMode::Hang);
    let watch = Stopwatch::start();
    let flights: Vec<_> = (0..20).map(|_| alice.launch(Request::get("/me"))).collect();
    // Meanwhile whoever needs no store is served.
    bench.get("/public").expect(200);
    for flight in flights {
        flight.land().expect(503).expect_no_cookie();
    }
    bench.ask(&Request::login("alice", &password_of("alice"))).expect(503).expect_no_cookie();
    assert!(watch.elapsed() < Duration::from_secs(6), "took {:?}", watch.elapsed());
    bench.set_store(StoreMode::Ok);
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

fn behaviour_38_a_client_that_disconnects_changes_nothing(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("a", "kept");
    for request in
        [Request::get("/me"), Request::get("/peek"), Request::get("/slot/a"), Request::get("/public")]
    {
        for _ in 0..20 {
            alice.launch(request.clone()).abandon();
        }
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    assert_eq!(bench.rows(), 1);
}

fn behaviour_38_trouble_is_reported_as_trouble_and_not_as_an_anonymous_visitor(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "200"]);
    let mut alice = bench.signed_in("alice");
    for mode in [StoreMode::Down, StoreMode::Hang] {
        let before = bench.count_events("store_failed");
        bench.set_store(mode);
        let answer = alice.get("/peek");
        answer.expect(503);
        assert!(!answer.text().contains("unknown") && !answer.text().contains("absent"), "{}", answer.text());
        bench.set_store(StoreMode::Ok);
        assert!(bench.count_events("store_failed") > before, "{mode:?}");
    }
    // A server on a busy machine may need longer for a new connection than it is given for an answer here.
    let mut answer = alice.get("/peek");
    Stopwatch::wait_until(Duration::from_secs(30), "the store answers in time", || {
        answer.status == 200 || {
            answer = alice.get("/peek");
            false
        }
    });
    assert_eq!(answer.json_text("presented"), "live");
}

fn sto_03_a_store_failure_fails_closed_and_the_client_keeps_its_cookie(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "200"]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    for mode in [StoreMode::Down, StoreMode::Hang] {
        bench.set_store(mode);
        alice.get("/me").expect(503).expect_no_cookie();
        alice.ask(Request::login("alice", &password_of("alice"))).expect(503).expect_no_cookie();
        bench.set_store(StoreMode::Ok);
        assert_eq!(alice.user().as_deref(), Some("alice"));
        assert_eq!(alice.token(), token);
    }
}
