//! The contract's rule on other origins: every unsafe method of the listener is checked, the sign-in included.

use crate::harness::{
    Bench, Request, Store, Visitor, ask_over_http2, on_each_store, on_memcached, on_sealed, password_of,
};

on_each_store!(
    every_unsafe_route_refuses_another_origin_and_changes_nothing,
    a_sign_in_from_another_origin_is_refused,
    requests_of_our_own_origin_and_of_no_browser_pass,
    a_trusted_origin_and_a_bypassed_path_pass,
    safe_methods_from_another_origin_are_served,
    the_check_holds_over_http_2,
);
on_memcached!(
    every_unsafe_route_refuses_another_origin_and_changes_nothing,
    requests_of_our_own_origin_and_of_no_browser_pass,
    a_trusted_origin_and_a_bypassed_path_pass,
    safe_methods_from_another_origin_are_served,
    the_check_holds_over_http_2
);
on_sealed!(
    every_unsafe_route_refuses_another_origin_and_changes_nothing,
    a_sign_in_from_another_origin_is_refused,
    requests_of_our_own_origin_and_of_no_browser_pass,
    a_trusted_origin_and_a_bypassed_path_pass,
    safe_methods_from_another_origin_are_served,
    the_check_holds_over_http_2,
);

const FOREIGN: [(&str, &str); 5] = [
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Site", "same-site"),
    ("Origin", "https://evil.example"),
    ("Origin", "null"),
    ("Sec-Fetch-Site", "weird"),
];

fn unsafe_requests() -> Vec<Request> {
    let password = password_of("alice");
    vec![
        Request::post("/logout"),
        Request::post("/logout_all"),
        Request::post("/logout_others"),
        Request::post("/revoke?id=00000000000000000000000000000000"),
        Request::post("/reauth").form(&[("password", &password)]),
        Request::post("/elevate"),
        Request::post("/pwchange").form(&[("old", &password), ("new", "x")]),
        Request::post("/renew"),
        Request::put("/slot/a?value=evil"),
        Request::new("DELETE", "/slot/a"),
        Request::post("/incr"),
        Request::post("/act"),
        Request::put("/big?n=10"),
        Request::post("/twice?case=in_out_in"),
        Request::post("/end?how=200&do=login"),
    ]
}

fn every_unsafe_route_refuses_another_origin_and_changes_nothing(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("a", "kept");
    let token = alice.token();
    let before = bench.ops();
    for request in unsafe_requests() {
        for (name, value) in FOREIGN {
            let answer = alice.ask(request.clone().field(name, value));
            assert_eq!(answer.status, 403, "{} {} with {name}: {value}", request.method(), request.target());
            answer.expect_no_cookie();
        }
    }
    assert_eq!(bench.ops().writes(), before.writes());
    assert_eq!(bench.acts(), 0);
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    assert_eq!(alice.token(), token);
    assert_eq!(bench.count_events("refused_cross_origin"), unsafe_requests().len() * FOREIGN.len());
}

fn a_sign_in_from_another_origin_is_refused(store: Store) {
    let bench = store.start(&[]);
    for (name, value) in FOREIGN {
        let login = Request::login("alice", &password_of("alice")).field(name, value);
        bench.ask(&login).expect(403).expect_no_cookie();
    }
    assert_eq!(bench.rows(), 0);
}

fn requests_of_our_own_origin_and_of_no_browser_pass(store: Store) {
    let bench = store.start(&[]);
    let own = format!("http://{}", bench.listen());
    let own_fields: [&[(&str, &str)]; 5] = [
        &[],
        &[("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "none")],
        &[("Origin", &own)],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
    ];
    let mut alice = bench.signed_in("alice");
    for fields in own_fields {
        act(&bench, &mut alice, fields);
    }
    assert_eq!(bench.acts(), 5);
}

fn a_trusted_origin_and_a_bypassed_path_pass(store: Store) {
    let bench = store.start(&["--trusted-origin", "https://idp.example", "--bypass-path", "/act"]);
    let mut alice = bench.signed_in("alice");
    act(&bench, &mut alice, &[("Sec-Fetch-Site", "cross-site")]);
    let elsewhere = alice.ask(Request::post("/incr").field("Sec-Fetch-Site", "cross-site"));
    elsewhere.expect(403);
    for fields in [
        &[("Origin", "https://idp.example")][..],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://idp.example")],
    ] {
        let request =
            fields.iter().fold(Request::post("/incr"), |request, (name, value)| request.field(name, *value));
        alice.ask(request).expect(200);
    }
    alice.ask(Request::post("/incr").field("Origin", "https://idp.example.evil.example")).expect(403);
}

fn safe_methods_from_another_origin_are_served(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for target in ["/me", "/public", "/peek", "/count", "/slot/a"] {
        for (name, value) in FOREIGN {
            alice.ask(Request::get(target).field(name, value)).expect(200);
        }
    }
}

fn the_check_holds_over_http_2(store: Store) {
    let bench = store.start(&[]);
    let ours = format!("__Host-sid={}", bench.signed_in("alice").token());
    for (name, value) in FOREIGN {
        let request = Request::post("/act").field(name, value);
        ask_over_http2(bench.listen(), &request, &[ours.as_bytes()]).expect(403).expect_no_cookie();
    }
    let own = Request::post("/act").field("Sec-Fetch-Site", "same-origin");
    ask_over_http2(bench.listen(), &own, &[ours.as_bytes()]).expect_success();
    assert_eq!(bench.acts(), 1);
}

#[track_caller]
fn act(bench: &Bench, visitor: &mut Visitor<'_>, fields: &[(&str, &str)]) {
    let before = bench.acts();
    let request =
        fields.iter().fold(Request::post("/act"), |request, (name, value)| request.field(name, *value));
    visitor.ask(request).expect_success();
    assert_eq!(bench.acts(), before + 1, "{fields:?}");
}
