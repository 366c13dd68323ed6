//! Both versions of HTTP, both clocks, and the flags that come later.

use crate::harness::{
    Connection, Request, Site, Store, Visitor, ask_over_http2, on_every_store, on_sealed, password_of,
};

on_every_store!(
    one_connection_carries_many_requests,
    http_2_with_prior_knowledge_is_served,
    a_program_on_the_real_clock_serves_as_well,
    flags_that_mean_nothing_are_refused_at_the_start,
);
on_sealed!(
    one_connection_carries_many_requests,
    http_2_with_prior_knowledge_is_served,
    a_program_on_the_real_clock_serves_as_well,
);

fn one_connection_carries_many_requests(store: Store) {
    let bench = store.start(&[]);
    let mut connection: Connection = bench.connect();
    let login = connection.ask(&Request::login("alice", &password_of("alice")));
    let token = login.expect(200).expect_new_token();
    for _ in 0..50 {
        connection.ask(&Request::get("/me").token(&token)).expect(200);
        connection.ask(&Request::get("/me")).expect(401);
    }
    connection.ask(&Request::post("/logout").token(&token)).expect(204);
    connection.ask(&Request::get("/me").token(&token)).expect(401);
}

fn http_2_with_prior_knowledge_is_served(store: Store) {
    let bench = store.start(&[]);
    let ours = format!("__Host-sid={}", bench.signed_in("alice").token());
    let renewed = ask_over_http2(bench.listen(), &Request::post("/renew"), &[ours.as_bytes()]);
    let token = renewed.expect(204).expect_new_token();
    let mut alice = Visitor::with_token(&bench, &token);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    ask_over_http2(bench.listen(), &Request::get("/public"), &[]).expect(200);
}

fn a_program_on_the_real_clock_serves_as_well(store: Store) {
    let bench = Site::new(store).start_on_the_real_clock(&[]);
    let mut alice = bench.signed_in("alice");
    let me = alice.get("/me");
    let (signed_in_ms, expires_ms) =
        (me.expect(200).json_integer("auth_time_ms"), me.json_integer("expires_at_ms"));
    assert!(expires_ms >= signed_in_ms + 1_800_000, "half an hour is the default");
    alice.sign_out();
}

/// Keys without sealed sessions are a mistake of whoever wrote the command line.
fn flags_that_mean_nothing_are_refused_at_the_start(store: Store) {
    let site = Site::new(store);
    let wanted: [&[&str]; 2] = [&["--revocations", "memory:"], &["--no-such-flag"]];
    for flags in wanted {
        let words = site.refusal_of(flags);
        assert!(!words.trim().is_empty(), "{flags:?}: it says why");
    }
}
