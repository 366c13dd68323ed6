//! HDR rows: the header fields of a page.

use std::collections::HashSet;

use crate::harness::{Request, Store, on_every_store, on_sealed};

on_every_store!(
    hdr_05_every_page_has_a_nonce_of_its_own_and_a_policy_that_runs_nothing_else,
    hdr_06_a_page_says_how_it_is_to_be_treated,
    hdr_04_tls_is_not_promised_over_plain_http,
);
on_sealed!(
    hdr_05_every_page_has_a_nonce_of_its_own_and_a_policy_that_runs_nothing_else,
    hdr_06_a_page_says_how_it_is_to_be_treated,
    hdr_04_tls_is_not_promised_over_plain_http,
);

fn hdr_05_every_page_has_a_nonce_of_its_own_and_a_policy_that_runs_nothing_else(store: Store) {
    let bench = store.start(&[]);
    let mut connection = bench.connect();
    let mut nonces = HashSet::new();
    for _ in 0..1000 {
        let page = connection.ask(&Request::get("/page"));
        let policy = page.field("content-security-policy").expect("a page has a policy");
        let nonce =
            policy.split_once("'nonce-").and_then(|(_, rest)| rest.split_once('\'')).expect("a nonce").0;
        assert!(nonce.len() >= 22 && !policy.contains("unsafe"), "{policy}");
        for directive in
            ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(directive), "{directive} in {policy}");
        }
        assert_eq!(page.text().matches(&format!("<script nonce=\"{nonce}\">")).count(), 1);
        assert!(nonces.insert(nonce.to_owned()), "{nonce} came twice");
    }
}

fn hdr_06_a_page_says_how_it_is_to_be_treated(store: Store) {
    let bench = store.start(&[]);
    let page = bench.get("/page");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.field(name).as_deref(), Some(value), "{name}");
    }
}

fn hdr_04_tls_is_not_promised_over_plain_http(store: Store) {
    let bench = store.start(&[]);
    assert_eq!(bench.get("/page").field("strict-transport-security"), None);
}
