//! Line 22, LIF-01, LIF-02 and LIF-05: both limits, at their boundaries, and what moves them.

use crate::harness::{Bench, Request, Store, Visitor, on_each_store, on_memcached, on_sealed, password_of};

on_each_store!(
    lif_01_the_idle_timeout_is_enforced_on_the_server,
    behaviour_22_the_idle_limit_holds_at_its_boundary_to_the_millisecond,
    lif_02_the_absolute_timeout_is_enforced_regardless_of_activity,
    behaviour_22_the_absolute_limit_holds_at_its_boundary_to_the_millisecond,
    behaviour_22_the_nearer_of_both_limits_ends_the_session,
    behaviour_22_nothing_but_a_new_proof_moves_the_absolute_limit,
    behaviour_22_a_password_change_and_a_privilege_change_do_not_refresh_the_sign_in,
    lif_05_activity_resets_the_idle_timer_and_a_new_proof_resets_both,
    behaviour_22_a_new_proof_refreshes_its_own_time_only,
    behaviour_22_an_expired_session_is_reported_once_and_leaves_the_cookie_alone,
    behaviour_22_anonymous_sessions_expire_like_any,
    lif_03_the_default_limits_are_within_an_hour_idle_and_a_day,
);
on_memcached!(
    lif_01_the_idle_timeout_is_enforced_on_the_server,
    behaviour_22_the_idle_limit_holds_at_its_boundary_to_the_millisecond,
    lif_02_the_absolute_timeout_is_enforced_regardless_of_activity,
    behaviour_22_the_absolute_limit_holds_at_its_boundary_to_the_millisecond,
    behaviour_22_the_nearer_of_both_limits_ends_the_session,
    lif_05_activity_resets_the_idle_timer_and_a_new_proof_resets_both,
    behaviour_22_an_expired_session_is_reported_once_and_leaves_the_cookie_alone,
    behaviour_22_anonymous_sessions_expire_like_any,
    lif_03_the_default_limits_are_within_an_hour_idle_and_a_day
);
on_sealed!(
    lif_01_the_idle_timeout_is_enforced_on_the_server,
    behaviour_22_the_idle_limit_holds_at_its_boundary_to_the_millisecond,
    lif_02_the_absolute_timeout_is_enforced_regardless_of_activity,
    behaviour_22_the_absolute_limit_holds_at_its_boundary_to_the_millisecond,
    behaviour_22_the_nearer_of_both_limits_ends_the_session,
    behaviour_22_a_password_change_and_a_privilege_change_do_not_refresh_the_sign_in,
    lif_05_activity_resets_the_idle_timer_and_a_new_proof_resets_both,
    behaviour_22_an_expired_session_is_reported_once_and_leaves_the_cookie_alone,
    behaviour_22_anonymous_sessions_expire_like_any,
    lif_03_the_default_limits_are_within_an_hour_idle_and_a_day,
);

const SHORT: [&str; 6] = ["--idle-ms", "600000", "--absolute-ms", "3600000", "--touch-ms", "0"];

/// Uses the session every five minutes until `until_ms` after the sign-in.
#[track_caller]
fn stay_active(bench: &Bench, visitor: &mut Visitor<'_>, from_ms: i64, until_ms: i64) {
    let mut passed_ms = from_ms;
    while passed_ms < until_ms {
        let step_ms = (until_ms - passed_ms).min(300_000);
        bench.advance_ms(step_ms);
        passed_ms += step_ms;
        visitor.get("/me").expect(200);
    }
}

fn lif_01_the_idle_timeout_is_enforced_on_the_server(store: Store) {
    let bench = store.start(&SHORT);
    let token = bench.signed_in("alice").token();
    bench.advance_ms(599_000);
    bench.assert_live(&token);
    let token = bench.signed_in("alice").token();
    bench.advance_ms(601_000);
    bench.assert_dead(&token);
}

fn behaviour_22_the_idle_limit_holds_at_its_boundary_to_the_millisecond(store: Store) {
    for (after_ms, live) in [(599_999, true), (600_000, false), (600_001, false)] {
        let bench = store.start(&SHORT);
        let token = bench.signed_in("alice").token();
        bench.advance_ms(after_ms);
        assert_eq!(bench.is_live(&token), live, "{after_ms} ms after the sign-in");
    }
}

fn lif_02_the_absolute_timeout_is_enforced_regardless_of_activity(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.signed_in("alice");
    stay_active(&bench, &mut alice, 0, 3_599_000);
    bench.advance_ms(2_000);
    assert_eq!(alice.user(), None);
}

fn behaviour_22_the_absolute_limit_holds_at_its_boundary_to_the_millisecond(store: Store) {
    for (after_ms, live) in [(3_599_999, true), (3_600_000, false), (3_600_001, false)] {
        let bench = store.start(&SHORT);
        let mut alice = bench.signed_in("alice");
        stay_active(&bench, &mut alice, 0, 3_300_000);
        bench.advance_ms(after_ms - 3_300_000);
        assert_eq!(alice.user().is_some(), live, "{after_ms} ms after the sign-in");
    }
}

fn behaviour_22_the_nearer_of_both_limits_ends_the_session(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.signed_in("alice");
    let signed_in_ms = bench.now_ms();
    let promised = |alice: &mut Visitor<'_>| alice.get("/me").expect(200).json_integer("expires_at_ms");
    assert_eq!(promised(&mut alice), signed_in_ms + 600_000);
    stay_active(&bench, &mut alice, 0, 3_300_000);
    assert_eq!(promised(&mut alice), signed_in_ms + 3_600_000, "the absolute limit is nearer now");
    bench.advance_ms(299_999);
    assert_eq!(promised(&mut alice), signed_in_ms + 3_600_000);
    bench.advance_ms(1);
    assert_eq!(alice.user(), None);
}

/// Touches, renewals, slot writes, privilege changes, lists: the end stays where the sign-in put it.
fn behaviour_22_nothing_but_a_new_proof_moves_the_absolute_limit(store: Store) {
    let bench = store.start(&[&SHORT[..], &["--renew-ms", "700000"]].concat());
    let mut alice = bench.visitor();
    let form = [("user", "alice"), ("password", &password_of("alice")), ("remember", "1")];
    alice.ask(Request::post("/login").form(&form)).expect(200);
    alice.post("/elevate").expect(204);
    for _ in 0..11 {
        bench.advance_ms(300_000);
        alice.set_slot("a", "x");
        alice.post("/incr").expect(200);
        alice.post("/renew").expect(204);
        alice.get("/sessions").expect(200);
    }
    bench.advance_ms(299_999);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(1);
    assert_eq!(alice.user(), None);
}

fn behaviour_22_a_password_change_and_a_privilege_change_do_not_refresh_the_sign_in(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.signed_in("alice");
    let signed_in_ms = bench.now_ms();
    bench.advance_ms(100_000);
    alice.post("/elevate").expect(204);
    alice.change_password(&password_of("alice"), "another phrase").expect(204);
    let me = alice.get("/me");
    assert_eq!(me.expect(200).json_integer("authenticated_at_ms"), signed_in_ms);
}

/// The figures of the row.
fn lif_05_activity_resets_the_idle_timer_and_a_new_proof_resets_both(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.signed_in("alice");
    bench.advance_ms(500_000);
    alice.get("/me").expect(200);
    bench.advance_ms(599_000);
    alice.get("/me").expect(200);
    stay_active(&bench, &mut alice, 1_099_000, 3_500_000);
    alice.reauthenticate("alice");
    // Three hundred seconds at a time, past the first limit and up to the second.
    stay_active(&bench, &mut alice, 3_500_000, 3_500_000 + 3_599_999);
    bench.advance_ms(1);
    assert_eq!(alice.user(), None);
}

fn behaviour_22_a_new_proof_refreshes_its_own_time_only(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.signed_in("alice");
    let signed_in_ms = bench.now_ms();
    let created = alice.get("/sessions").expect(200).json()[0]["created_ms"].clone();
    bench.advance_ms(200_000);
    let before = alice.get("/me");
    assert_eq!(before.json_integer("auth_time_ms"), signed_in_ms);
    alice.reauthenticate("alice");
    let me = alice.get("/me");
    assert_eq!(me.json_integer("auth_time_ms"), signed_in_ms + 200_000);
    assert_eq!(me.json_integer("authenticated_at_ms"), signed_in_ms);
    assert_eq!(alice.get("/sessions").expect(200).json()[0]["created_ms"], created);
}

fn behaviour_22_an_expired_session_is_reported_once_and_leaves_the_cookie_alone(store: Store) {
    let bench = store.start(&SHORT);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let copy = alice.token();
    bench.advance_ms(600_000);
    for _ in 0..5 {
        alice.get("/me").expect_error(401, "session_required").expect_no_cookie();
    }
    let events = bench.events();
    let told =
        events.iter().filter(|event| event.name == "expired" && event.session_id.as_ref() == Some(&id));
    assert!(told.count() <= 1, "{events:?}");
    let peek = bench.ask(&Request::get("/peek").token(&copy));
    let presented = peek.expect(200).json_text("presented");
    assert!(presented == "expired" || presented == "unknown", "{presented}");
    assert!(peek.json()["user"].is_null());
}

fn behaviour_22_anonymous_sessions_expire_like_any(store: Store) {
    let bench = store.start(&SHORT);
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    bench.advance_ms(599_999);
    assert_eq!(guest.slot("a").as_deref(), Some("x"));
    bench.advance_ms(600_000);
    assert_eq!(guest.slot("a"), None);
}

fn lif_03_the_default_limits_are_within_an_hour_idle_and_a_day(store: Store) {
    let bench = store.start(&[]);
    let idle = bench.signed_in("alice").token();
    bench.advance_ms(3_600_000);
    bench.assert_dead(&idle);
    let busy = bench.signed_in("alice").token();
    for _ in 0..24 * 3 {
        bench.advance_ms(1_200_000);
        bench.is_live(&busy);
    }
    bench.assert_dead(&busy);
}
