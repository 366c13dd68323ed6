//! The table of routes: status codes and JSON shapes, signed in and not.

use std::collections::BTreeSet;

use crate::harness::{Answer, Request, Store, on_each_store, on_memcached, on_sealed, password_of};

on_each_store!(
    login_answers_with_user_and_session_id,
    me_answers_with_exactly_its_members,
    sessions_is_a_list_of_ones_own_sessions,
    protected_routes_want_a_session,
    an_anonymous_session_is_no_signed_in_one,
    slots_hold_values_and_null,
    increments_are_counted_for_anonymous_sessions_too,
    a_form_is_html_and_an_act_is_counted,
    sign_out_without_a_session_succeeds_and_removes_nothing,
    elevation_and_renewal_answer_204_with_a_new_token,
    a_page_is_html,
);
on_memcached!(
    login_answers_with_user_and_session_id,
    me_answers_with_exactly_its_members,
    protected_routes_want_a_session,
    a_form_is_html_and_an_act_is_counted,
    elevation_and_renewal_answer_204_with_a_new_token,
    a_page_is_html
);
on_sealed!(
    login_answers_with_user_and_session_id,
    me_answers_with_exactly_its_members,
    protected_routes_want_a_session,
    a_form_is_html_and_an_act_is_counted,
    elevation_and_renewal_answer_204_with_a_new_token,
    a_page_is_html,
);

#[track_caller]
fn members(json: &serde_json::Value) -> BTreeSet<&str> {
    json.as_object().unwrap_or_else(|| panic!("{json} is no object")).keys().map(String::as_str).collect()
}

#[track_caller]
fn assert_json(answer: &Answer) {
    let kind = answer.field("content-type").unwrap_or_default();
    assert!(kind.starts_with("application/json"), "{kind}");
}

fn is_session_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'))
}

fn login_answers_with_user_and_session_id(store: Store) {
    let bench = store.start(&[]);
    for user in ["alice", "bob", "erin"] {
        let answer = bench.ask(&Request::login(user, &password_of(user)));
        assert_json(answer.expect(200));
        let json = answer.json();
        assert_eq!(members(&json), BTreeSet::from(["session_id", "user"]));
        assert_eq!(json["user"], user);
        assert!(is_session_id(&answer.json_text("session_id")), "{json}");
    }
    let disabled = bench.ask(&Request::login("carol", &password_of("carol")));
    disabled.expect_error(401, "bad_credentials").expect_no_cookie();
    assert_json(&disabled);
    assert_eq!(members(&disabled.json()), BTreeSet::from(["error"]));
}

fn me_answers_with_exactly_its_members(store: Store) {
    let bench = store.start(&["--idle-ms", "600000", "--touch-ms", "0"]);
    let signed_in_ms = bench.now_ms();
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let me = alice.get("/me");
    assert_json(me.expect(200));
    let json = me.json();
    let expected =
        ["auth_method", "auth_time_ms", "authenticated_at_ms", "expires_at_ms", "session_id", "user"];
    assert_eq!(members(&json), BTreeSet::from(expected));
    assert_eq!((json["user"].as_str(), json["session_id"].as_str()), (Some("alice"), Some(id.as_str())));
    assert!(json["auth_method"].as_str().is_some_and(|method| !method.is_empty()), "{json}");
    assert_eq!(me.json_integer("auth_time_ms"), signed_in_ms);
    assert_eq!(me.json_integer("authenticated_at_ms"), signed_in_ms);
    assert_eq!(me.json_integer("expires_at_ms"), signed_in_ms + 600_000);
}

fn sessions_is_a_list_of_ones_own_sessions(store: Store) {
    let bench = store.start(&[]);
    bench.signed_in("bob");
    let mut alice = bench.visitor();
    let mut ids = BTreeSet::from([bench.visitor().sign_in("alice"), bench.visitor().sign_in("alice")]);
    let own = alice.sign_in("alice");
    ids.insert(own.clone());
    let answer = alice.get("/sessions");
    assert_json(answer.expect(200));
    let json = answer.json();
    let list = json.as_array().expect("a list");
    for entry in list {
        assert_eq!(members(entry), BTreeSet::from(["created_ms", "current", "id", "last_seen_ms"]));
        assert_eq!(entry["current"], entry["id"] == own);
        assert_eq!(entry["created_ms"].as_i64(), Some(bench.now_ms()));
        assert!(entry["last_seen_ms"].is_i64());
    }
    let listed: BTreeSet<String> =
        list.iter().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect();
    assert_eq!((listed, list.len()), (ids, 3));
}

fn protected() -> Vec<Request> {
    vec![
        Request::get("/me"),
        Request::get("/sessions"),
        Request::post("/logout_all"),
        Request::post("/logout_others"),
        Request::post("/revoke?id=00000000000000000000000000000000"),
        Request::post("/reauth").form(&[("password", "correct horse alice")]),
        Request::post("/elevate"),
        Request::post("/pwchange").form(&[("old", "correct horse alice"), ("new", "another phrase")]),
        Request::post("/renew"),
    ]
}

fn protected_routes_want_a_session(store: Store) {
    let bench = store.start(&[]);
    for request in protected() {
        for token in [None, Some("A".repeat(64)), Some("short".to_owned())] {
            let answer = bench.ask(&request.clone().maybe_token(token.as_deref()));
            answer.expect_error(401, "session_required").expect_no_cookie();
            assert_json(&answer);
        }
    }
    bench.signed_in("alice");
}

fn an_anonymous_session_is_no_signed_in_one(store: Store) {
    let bench = store.start(&[]);
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    for request in protected() {
        guest.ask(request).expect_error(401, "session_required").expect_no_cookie();
    }
    assert_eq!(guest.slot("a").as_deref(), Some("x"));
    assert_eq!(bench.rows(), 1);
}

fn slots_hold_values_and_null(store: Store) {
    let bench = store.start(&[]);
    let mut guest = bench.visitor();
    for name in ["a", "b", "cart"] {
        assert_eq!(guest.slot(name), None, "{name} is empty at first");
    }
    assert_eq!((guest.jar(), bench.rows()), (None, 0), "reading makes no session");
    for name in ["a", "b", "cart"] {
        guest.set_slot(name, name);
    }
    assert_eq!(bench.rows(), 1);
    for name in ["a", "b", "cart"] {
        assert_eq!(guest.slot(name).as_deref(), Some(name));
        let answer = guest.ask(Request::new("DELETE", format!("/slot/{name}")));
        answer.expect_success();
        assert_eq!(guest.slot(name), None);
    }
    // Values are text: what was percent-encoded comes back as it was meant.
    guest.put("/slot/a?value=%C3%A4%20%22%26%3D%2B%25").expect_no_cookie();
    assert_eq!(guest.slot("a").as_deref(), Some("ä \"&=+%"));
    for request in [
        Request::get("/slot/other"),
        Request::put("/slot/other?value=x"),
        Request::new("DELETE", "/slot/other"),
    ] {
        let status = guest.ask(request).status;
        assert!(matches!(status, 400 | 404), "{status}");
    }
}

fn increments_are_counted_for_anonymous_sessions_too(store: Store) {
    let bench = store.start(&[]);
    let mut guest = bench.visitor();
    assert_eq!(guest.count(), 0);
    assert_eq!(bench.rows(), 0);
    for expected in 1..=3 {
        let answer = guest.post("/incr");
        assert_json(answer.expect(200));
        assert_eq!(members(&answer.json()), BTreeSet::from(["count"]));
        assert_eq!(answer.json_integer("count"), expected);
    }
    assert_eq!(guest.count(), 3);
    assert_eq!(bench.rows(), 1);
}

fn a_form_is_html_and_an_act_is_counted(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let form = alice.get("/form");
    let kind = form.expect(200).field("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/html"), "{kind}");
    assert_eq!(bench.acts(), 0);
    alice.post("/act").expect_success();
    assert_eq!(bench.acts(), 1);
    alice.get("/act");
    assert_eq!(bench.acts(), 1, "a GET changes nothing");
}

fn sign_out_without_a_session_succeeds_and_removes_nothing(store: Store) {
    let bench = store.start(&[]);
    bench.ask(&Request::post("/logout")).expect(204).expect_no_cookie();
    bench.ask(&Request::post("/logout").token(&"A".repeat(64))).expect(204);
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    guest.post("/logout").expect(204).expect_removal();
    assert_eq!(bench.rows(), 0, "an anonymous session can be ended as well");
}

fn elevation_and_renewal_answer_204_with_a_new_token(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for target in ["/elevate", "/renew"] {
        let answer = alice.post(target);
        answer.expect(204).expect_new_token();
        assert!(answer.body.is_empty());
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
}

fn a_page_is_html(store: Store) {
    let bench = store.start(&[]);
    let page = bench.get("/page");
    let kind = page.expect(200).field("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/html"), "{kind}");
    assert_eq!(page.text().matches("<script").count(), 2);
}
