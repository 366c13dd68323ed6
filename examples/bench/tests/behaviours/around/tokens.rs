//! Line 36, CSR-10 to CSR-12: tokens against forged requests, in token mode.

use std::collections::HashSet;

use crate::harness::{Answer, Bench, Request, Store, Visitor, hex, on_every_store, on_sealed};

on_every_store!(
    csr_10_a_token_of_the_session_is_wanted_and_nothing_else_will_do,
    csr_10_every_unsafe_route_but_the_sign_in_wants_a_token,
    csr_11_a_token_in_the_address_or_in_a_cookie_is_none,
    csr_12_tokens_differ_in_every_page_and_hide_one_secret,
    behaviour_36_a_token_is_dead_after_a_sign_in_and_after_a_sign_out,
    behaviour_36_a_token_outlives_a_renewal_and_a_reauthentication,
    pages_that_are_made_at_the_same_time_agree_on_one_secret,
    the_handler_gets_the_form_whose_token_was_looked_for,
    no_log_has_a_token,
);
on_sealed!(
    csr_10_a_token_of_the_session_is_wanted_and_nothing_else_will_do,
    csr_10_every_unsafe_route_but_the_sign_in_wants_a_token,
    csr_11_a_token_in_the_address_or_in_a_cookie_is_none,
    csr_12_tokens_differ_in_every_page_and_hide_one_secret,
    behaviour_36_a_token_is_dead_after_a_sign_in_and_after_a_sign_out,
    behaviour_36_a_token_outlives_a_renewal_and_a_reauthentication,
    the_handler_gets_the_form_whose_token_was_looked_for,
    no_log_has_a_token,
    pages_that_are_made_at_the_same_time_agree_on_one_secret,
);

const FLAGS: [&str; 2] = ["--csrf", "token"];

/// The token in a form.
#[track_caller]
fn token_in(form: &Answer) -> String {
    let text = form.expect(200).text();
    let value = text.split_once("name=\"_csrf\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    value.unwrap_or_else(|| panic!("no token in {text}")).0.to_owned()
}

fn act(token: &str) -> Request {
    Request::post("/act").form(&[("_csrf", token)])
}

fn in_header(request: Request, token: &str) -> Request {
    request.field("X-CSRF-Token", token)
}

fn token_of(visitor: &mut Visitor<'_>) -> String {
    token_in(&visitor.get("/form"))
}

fn signed_in<'a>(bench: &'a Bench, name: &str) -> Visitor<'a> {
    bench.signed_in(name)
}

fn csr_10_a_token_of_the_session_is_wanted_and_nothing_else_will_do(store: Store) {
    let bench = store.start(&FLAGS);
    let (mut alice, mut bob) = (signed_in(&bench, "alice"), signed_in(&bench, "bob"));
    let (token, foreign) = (token_of(&mut alice), token_of(&mut bob));
    let mut changed = token.clone();
    changed.replace_range(10..11, if token.as_bytes()[10] == b'0' { "1" } else { "0" });
    alice.ask(Request::post("/act")).expect_error(403, "csrf_token");
    for wrong in ["", foreign.as_str(), changed.as_str(), &token[1..], &token.to_uppercase()] {
        alice.ask(act(wrong)).expect_error(403, "csrf_token");
        alice.ask(in_header(Request::post("/act"), wrong)).expect_error(403, "csrf_token");
        // A wrong one in the header is not made good by the form.
        alice.ask(in_header(act(&token), wrong)).expect_error(403, "csrf_token");
    }
    bench.ask(&act(&token)).expect_error(403, "csrf_token");
    assert_eq!(bench.acts(), 0);
    alice.ask(act(&token)).expect(200);
    alice.ask(in_header(Request::post("/act"), &token)).expect(200);
    bob.ask(act(&foreign)).expect(200);
    assert_eq!(bench.acts(), 3);
}

fn csr_10_every_unsafe_route_but_the_sign_in_wants_a_token(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    for request in [
        Request::post("/logout"),
        Request::post("/logout_others"),
        Request::post("/renew"),
        Request::put("/slot/a?value=x"),
        Request::new("DELETE", "/slot/a"),
        Request::post("/incr"),
        Request::post("/act"),
        Request::new("FOO", "/act"),
    ] {
        alice.ask(request).expect_error(403, "csrf_token").expect_no_cookie();
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    let token = token_of(&mut alice);
    alice.ask(in_header(Request::post("/logout"), &token)).expect(204);
}

fn csr_11_a_token_in_the_address_or_in_a_cookie_is_none(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    let token = token_of(&mut alice);
    alice.ask(Request::post(format!("/act?_csrf={token}&csrf_token={token}"))).expect(403);
    alice.ask(Request::post("/act").cookie(format!("_csrf={token}; X-CSRF-Token={token}"))).expect(403);
    assert_eq!(bench.acts(), 0);
}

fn csr_12_tokens_differ_in_every_page_and_hide_one_secret(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    let tokens: HashSet<String> = (0..100).map(|_| token_of(&mut alice)).collect();
    assert_eq!(tokens.len(), 100);
    let mut pieces = HashSet::new();
    for token in &tokens {
        alice.ask(act(token)).expect(200);
        let own: HashSet<&str> = (0..=token.len() - 8).map(|at| &token[at..at + 8]).collect();
        assert!(
            own.into_iter().all(|piece| pieces.insert(piece.to_owned())),
            "two tokens share 8 characters"
        );
    }
    let secrets: HashSet<Vec<u8>> = tokens
        .iter()
        .map(|token| {
            let octets: Vec<u8> = (0..32)
                .map(|at| u8::from_str_radix(&token[2 * at..2 * at + 2], 16).expect("hex digits"))
                .collect();
            octets[..16].iter().zip(&octets[16..]).map(|(pad, masked)| pad ^ masked).collect()
        })
        .collect();
    assert_eq!(secrets.len(), 1, "{:?}", secrets.iter().map(|secret| hex(secret)).collect::<Vec<_>>());
}

fn behaviour_36_a_token_is_dead_after_a_sign_in_and_after_a_sign_out(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = bench.visitor();
    let of_visitor = token_of(&mut alice);
    alice.sign_in("alice");
    alice.ask(act(&of_visitor)).expect(403);
    let first = token_of(&mut alice);
    alice.sign_in("alice");
    alice.ask(act(&first)).expect(403);
    let second = token_of(&mut alice);
    alice.ask(in_header(Request::post("/logout"), &second)).expect(204);
    alice.ask(act(&second)).expect(403);
    assert_eq!(bench.acts(), 0);
}

fn behaviour_36_a_token_outlives_a_renewal_and_a_reauthentication(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    let token = token_of(&mut alice);
    alice.ask(in_header(Request::post("/renew"), &token)).expect(204);
    alice.ask(in_header(Request::post("/elevate"), &token)).expect(204);
    alice.ask(act(&token)).expect(200);
}

fn pages_that_are_made_at_the_same_time_agree_on_one_secret(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    let form = Request::get("/form").token(&alice.token());
    let flights: Vec<_> = (0..20).map(|_| bench.launch(form.clone())).collect();
    let tokens: Vec<String> = flights.into_iter().map(|flight| token_in(&flight.land())).collect();
    for token in &tokens {
        alice.ask(act(token)).expect(200);
    }
}

fn the_handler_gets_the_form_whose_token_was_looked_for(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = signed_in(&bench, "alice");
    let token = token_of(&mut alice);
    let form = [("_csrf", token.as_str()), ("password", "correct horse alice")];
    alice.ask(Request::post("/reauth").form(&form)).expect(204);
}

fn no_log_has_a_token(store: Store) {
    let bench = crate::harness::Site::new(store).start_in(&FLAGS, &[("RUST_LOG", "trace")]);
    let mut alice = signed_in(&bench, "alice");
    let token = token_of(&mut alice);
    alice.ask(act(&token)).expect(200);
    alice.ask(in_header(Request::post("/act"), &token[1..])).expect(403);
    let log = String::from_utf8_lossy(&bench.log()).into_owned();
    assert!(!log.is_empty() && !log.contains(&token[1..]), "a token was logged");
}
