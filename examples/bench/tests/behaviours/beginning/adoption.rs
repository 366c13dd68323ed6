//! Line 13, SID-04 and SID-05: only a token that the server issued, and only in our cookie.

use crate::harness::{
    Bench, Random, Request, Store, Visitor, forged_token, hex, on_every_store, on_sealed, password_of,
};

on_every_store!(
    behaviour_13_a_token_that_was_not_issued_is_never_adopted_through_any_verb,
    behaviour_13_a_known_id_with_a_wrong_secret_opens_and_changes_nothing,
    sid_04_an_id_that_the_server_did_not_issue_is_never_adopted,
    sid_05_the_token_is_taken_from_the_cookie_only,
);
on_sealed!(
    sid_04_an_id_that_the_server_did_not_issue_is_never_adopted,
    sid_05_the_token_is_taken_from_the_cookie_only,
);

fn random_token(random: &mut Random) -> String {
    let id = hex(&random.octets(16));
    forged_token(&id, &random.octets(32))
}

fn behaviour_13_a_token_that_was_not_issued_is_never_adopted_through_any_verb(store: Store) {
    let bench = store.start(&[]);
    let mut random = Random::new();
    let verbs = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let routes = [
        "/me",
        "/peek",
        "/public",
        "/slot/a?value=x",
        "/incr",
        "/count",
        "/logout",
        "/renew",
        "/form",
        "/act",
    ];
    for verb in verbs {
        for route in routes {
            let forged = random_token(&mut random);
            let answer = bench.ask(&Request::new(verb, route).token(&forged));
            assert!(answer.status < 500, "{verb} {route} -> {}", answer.status);
            if let Some(token) = answer.new_token() {
                assert_ne!(token, forged, "{verb} {route} adopted a planted token");
                assert_ne!(token[..21], forged[..21], "{verb} {route} adopted a planted ID");
            }
            assert_eq!(presented(&bench, &forged), "unknown", "after {verb} {route}");
        }
    }
}

fn behaviour_13_a_known_id_with_a_wrong_secret_opens_and_changes_nothing(store: Store) {
    let bench = store.start(&["--reuse-policy", "revoke"]);
    let mut random = Random::new();
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let before = bench.ops();
    for turn in 0..20 {
        let forged = forged_token(&id, &random.octets(32));
        bench.assert_dead(&forged);
        assert_eq!(presented(&bench, &forged), "unknown", "turn {turn}");
        let logout = bench.ask(&Request::post("/logout").token(&forged));
        assert!(logout.status < 500);
    }
    assert_eq!(bench.ops().writes(), before.writes(), "a wrong secret changes nothing");
    assert_eq!(bench.count_events("reused"), 0, "only a token that was once good counts as reuse");
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(alice.session_id(), id);
}

fn sid_04_an_id_that_the_server_did_not_issue_is_never_adopted(store: Store) {
    let bench = store.start(&[]);
    let planted = random_token(&mut Random::new());
    bench.ask(&Request::get("/me").token(&planted)).expect_error(401, "session_required").expect_no_cookie();
    let mut victim = Visitor::with_token(&bench, &planted);
    victim.sign_in("alice");
    assert_ne!(victim.token(), planted);
    bench.assert_dead(&planted);
    bench.assert_live(&victim.token());
}

/// Nine places that are not our cookie, with a token that is good in it.
fn sid_05_the_token_is_taken_from_the_cookie_only(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let token = alice.token();
    for value in [&token, &id] {
        let pair = format!("__Host-sid={value}");
        let requests = [
            Request::get(format!("/me?{pair}")),
            Request::get(format!("/me?sid={value}")),
            Request::get(format!("/me;{pair}")),
            Request::get(format!("/me;jsessionid={value}")),
            Request::get(format!("/me/{value}")),
            Request::get("/me").body("application/x-www-form-urlencoded", pair.clone()),
            Request::get("/me").body("application/json", format!("{{\"__Host-sid\":\"{value}\"}}")),
            Request::get("/me").field("Authorization", format!("Bearer {value}")),
            Request::get("/me").field("X-Session-Id", value.as_str()),
            Request::get("/me").field("__Host-sid", value.as_str()),
            Request::get("/me").field("Cookie2", pair.clone()),
            Request::get("/me").field("Set-Cookie", pair.clone()),
            Request::post("/login").form(&[
                ("user", "alice"),
                ("password", &password_of("bob")),
                ("__Host-sid", value),
            ]),
        ];
        for request in requests {
            let answer = bench.ask(&request);
            assert!(matches!(answer.status, 401 | 404), "{} -> {}", request.target(), answer.status);
            assert!(!answer.text().contains("alice"), "{}", request.target());
            answer.expect_no_cookie();
        }
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

#[track_caller]
fn presented(bench: &Bench, token: &str) -> String {
    bench.ask(&Request::get("/peek").token(token)).expect(200).json_text("presented")
}
