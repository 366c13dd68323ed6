//! The rows of REV: how far each way of ending reaches, and what the browser is told.

use super::deed::Deed;
use crate::harness::{Account, Request, Store, on_each_store, on_memcached, on_sealed, password_of};

on_each_store!(
    rev_01_sign_out_destroys_the_session_on_the_server,
    rev_02_sign_out_leaves_the_browser_without_any_cookie_of_ours,
    rev_03_sign_out_is_by_post_and_same_origin_only,
    rev_04_log_out_everywhere_ends_ones_own_sessions_and_nobody_elses,
    rev_05_a_password_change_renews_this_session_and_ends_the_others,
    rev_06_disabling_an_account_ends_its_sessions_and_enabling_revives_none,
    rev_07_an_administrator_ends_one_users_sessions_and_everyones,
    a_revoked_session_is_reported_with_its_id_and_subject,
    revoking_needs_an_id_of_ones_own,
);
on_memcached!(
    rev_02_sign_out_leaves_the_browser_without_any_cookie_of_ours,
    a_revoked_session_is_reported_with_its_id_and_subject
);
on_sealed!(
    rev_02_sign_out_leaves_the_browser_without_any_cookie_of_ours,
    rev_05_a_password_change_renews_this_session_and_ends_the_others,
    rev_06_disabling_an_account_ends_its_sessions_and_enabling_revives_none,
    rev_07_an_administrator_ends_one_users_sessions_and_everyones,
);

fn rev_01_sign_out_destroys_the_session_on_the_server(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let copy = alice.token();
    alice.sign_out();
    let (mut one, mut two) = (bench.connect(), bench.connect());
    for _ in 0..20 {
        for connection in [&mut one, &mut two] {
            connection.ask(&Request::get("/me").token(&copy)).expect_error(401, "session_required");
        }
    }
    assert_eq!(bench.rows(), 0);
    assert_eq!(bench.count_events("signed_out"), 1);
}

/// The product sets one cookie, and its removal names the same cookie with the same attributes.
fn rev_02_sign_out_leaves_the_browser_without_any_cookie_of_ours(store: Store) {
    let bench = store.start(&[]);
    let login = bench.ask(&Request::login("alice", &password_of("alice")));
    let set = login.set_cookies();
    assert_eq!(set.len(), 1, "the product sets one cookie: {set:?}");
    let logout = bench.ask(&Request::post("/logout").token(&set[0].value));
    let removed = logout.expect(204).set_cookies();
    assert_eq!(removed.len(), 1);
    assert!(removed[0].is_removal());
    assert_eq!(removed[0].name, set[0].name);
    assert_eq!(removed[0].standing_attributes(), set[0].standing_attributes());
    assert!(!removed[0].value.contains(&set[0].value));
}

fn rev_03_sign_out_is_by_post_and_same_origin_only(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    for method in ["GET", "HEAD"] {
        for field in [("Accept", "*/*"), ("Sec-Purpose", "prefetch"), ("X-HTTP-Method-Override", "POST")] {
            let answer = alice.ask(Request::new(method, "/logout").field(field.0, field.1));
            assert!(matches!(answer.status, 404 | 405), "{method} /logout -> {}", answer.status);
            answer.expect_no_cookie();
            assert_eq!(alice.user().as_deref(), Some("alice"), "after {method} with {field:?}");
        }
    }
    for field in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")] {
        alice.ask(Request::post("/logout").field(field.0, field.1)).expect(403).expect_no_cookie();
        assert_eq!(alice.user().as_deref(), Some("alice"), "after a POST with {field:?}");
    }
    assert!(bench.count_events("refused_cross_origin") >= 2);
    alice.ask(Request::post("/logout").field("Sec-Fetch-Site", "same-origin")).expect(204).expect_removal();
    assert_eq!(bench.rows(), 0);
}

fn rev_04_log_out_everywhere_ends_ones_own_sessions_and_nobody_elses(store: Store) {
    let bench = store.start(&[]);
    let bob = bench.signed_in("bob").token();
    for target in ["/logout_others", "/logout_all"] {
        let mut first = bench.signed_in("alice");
        let rest = [bench.signed_in("alice").token(), bench.signed_in("alice").token()];
        let answer = first.post(target);
        answer.expect(204);
        bench.assert_all_dead(&rest);
        assert_eq!(first.user().is_some(), target == "/logout_others");
        bench.assert_live(&bob);
        bench.account("alice", Account::Revoke);
    }
    assert_eq!(bench.rows(), 1);
}

fn rev_05_a_password_change_renews_this_session_and_ends_the_others(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let old = alice.token();
    let remembered = bench.ask(&Request::post("/login").form(&[
        ("user", "alice"),
        ("password", &password_of("alice")),
        ("remember", "1"),
    ]));
    let others = [bench.signed_in("alice").token(), remembered.expect(200).expect_new_token()];
    alice.set_slot("a", "kept");

    alice.change_password("not the password", "another phrase").expect(403).expect_no_cookie();
    bench.assert_live(&old);
    bench.assert_all_live(&others);

    alice.change_password(&password_of("alice"), "another phrase").expect(204).expect_new_token();
    assert_ne!(alice.token(), old);
    bench.assert_dead(&old);
    bench.assert_all_dead(&others);
    assert_eq!(alice.session_id(), id, "the ID stays, the secret is new");
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    bench.ask(&Request::login("alice", &password_of("alice"))).expect_error(401, "bad_credentials");
    bench.ask(&Request::login("alice", "another phrase")).expect(200);
}

fn rev_06_disabling_an_account_ends_its_sessions_and_enabling_revives_none(store: Store) {
    let bench = store.start(&[]);
    let tokens = [bench.signed_in("alice").token(), bench.signed_in("alice").token()];
    let bob = bench.signed_in("bob").token();
    bench.account("alice", Account::Disable);
    bench.assert_all_dead(&tokens);
    let refused = bench.ask(&Request::login("alice", &password_of("alice")));
    refused.expect_error(401, "bad_credentials").expect_no_cookie();
    bench.account("alice", Account::Enable);
    bench.assert_all_dead(&tokens);
    bench.assert_live(&bob);
    bench.signed_in("alice");
}

fn rev_07_an_administrator_ends_one_users_sessions_and_everyones(store: Store) {
    let bench = store.start(&[]);
    let alice = [bench.signed_in("alice").token(), bench.signed_in("alice").token()];
    let bob = bench.signed_in("bob").token();
    bench.account("alice", Account::Revoke);
    bench.assert_all_dead(&alice);
    bench.assert_live(&bob);
    assert!(bench.count_events("revoked") >= 1, "an administrator's deed is reported");
    bench.revoke_everyone();
    bench.assert_dead(&bob);
    let erin = bench.signed_in("erin").token();
    bench.assert_live(&erin);
}

fn a_revoked_session_is_reported_with_its_id_and_subject(store: Store) {
    let bench = store.start(&[]);
    let mut victim = bench.visitor();
    let id = victim.sign_in("alice");
    let mut other = bench.signed_in("alice");
    Deed::Revoke.strike(&bench, &mut victim, &id, &mut other);
    let events = bench.events();
    let told =
        events.iter().filter(|event| event.name == "revoked" && event.session_id.as_ref() == Some(&id));
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 1, "{events:?}");
    assert_eq!(told[0].subject.as_deref(), Some("alice"));
    assert_eq!(told[0].at_ms, bench.now_ms());
}

fn revoking_needs_an_id_of_ones_own(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let mut bob = bench.visitor();
    let bobs = bob.sign_in("bob");
    let ids = [bobs.as_str(), "00000000000000000000000000000000", "not-an-id", "", "%00"];
    for id in ids {
        alice.post(&format!("/revoke?id={id}")).expect(404).expect_no_cookie();
    }
    assert_eq!(bob.user().as_deref(), Some("bob"));
    assert_eq!(bench.rows(), 2);
}
