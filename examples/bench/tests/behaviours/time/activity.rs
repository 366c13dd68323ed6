//! Lines 22 and 23 and LIF-11: the touch window, and what counts as activity.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed};

on_each_store!(
    behaviour_22_reading_counts_as_activity,
    behaviour_22_a_public_page_is_no_activity,
    lif_11_coalesced_touches_never_shorten_a_session_and_lengthen_it_by_the_window_at_most,
    behaviour_22_idle_is_never_early_and_at_most_one_window_late_wherever_the_last_request_falls,
    behaviour_23_a_thousand_reads_inside_the_window_write_once_at_most_and_set_no_cookie,
    behaviour_23_expiry_is_never_earlier_than_promised,
    behaviour_23_a_touch_never_moves_the_limit_of_a_session_that_another_request_touched,
    behaviour_22_no_request_in_flight_revives_a_session_that_expires_meanwhile,
    behaviour_23_the_list_of_sessions_says_when_each_was_last_seen,
);
on_memcached!(
    behaviour_22_a_public_page_is_no_activity,
    lif_11_coalesced_touches_never_shorten_a_session_and_lengthen_it_by_the_window_at_most,
    behaviour_22_idle_is_never_early_and_at_most_one_window_late_wherever_the_last_request_falls,
    behaviour_23_a_thousand_reads_inside_the_window_write_once_at_most_and_set_no_cookie,
    behaviour_23_expiry_is_never_earlier_than_promised,
    behaviour_23_a_touch_never_moves_the_limit_of_a_session_that_another_request_touched
);
on_sealed!(
    behaviour_22_a_public_page_is_no_activity,
    lif_11_coalesced_touches_never_shorten_a_session_and_lengthen_it_by_the_window_at_most,
);

const IDLE_MS: i64 = 600_000;
const WINDOW_MS: i64 = 30_000;
const FLAGS: [&str; 6] = ["--idle-ms", "600000", "--absolute-ms", "36000000", "--touch-ms", "30000"];

fn behaviour_22_reading_counts_as_activity(store: Store) {
    for target in ["/me", "/peek", "/slot/a", "/count", "/sessions"] {
        let bench = store.start(&["--idle-ms", "600000", "--touch-ms", "0"]);
        let token = bench.signed_in("alice").token();
        bench.advance_ms(500_000);
        bench.ask(&Request::get(target).token(&token)).expect(200);
        bench.advance_ms(500_000);
        assert!(bench.is_live(&token), "GET {target} is activity");
    }
}

fn behaviour_22_a_public_page_is_no_activity(store: Store) {
    let bench = store.start(&["--idle-ms", "600000", "--touch-ms", "0"]);
    let token = bench.signed_in("alice").token();
    bench.advance_ms(500_000);
    let before = bench.ops();
    bench.ask(&Request::get("/public").token(&token)).expect(200).expect_no_cookie();
    assert_eq!(bench.ops().calls(), before.calls(), "it never touches the session");
    bench.advance_ms(100_000);
    bench.assert_dead(&token);
}

/// The figures of the row: a request at 29 s keeps the session to 628 s, and no longer than 629 + 30.
fn lif_11_coalesced_touches_never_shorten_a_session_and_lengthen_it_by_the_window_at_most(store: Store) {
    for (after_ms, live) in [(628_000, true), (660_000, false)] {
        let bench = store.start(&FLAGS);
        let token = bench.signed_in("alice").token();
        bench.advance_ms(29_000);
        bench.assert_live(&token);
        bench.advance_ms(after_ms - 29_000);
        assert_eq!(bench.is_live(&token), live, "{after_ms} ms after the sign-in");
    }
}

fn behaviour_22_idle_is_never_early_and_at_most_one_window_late_wherever_the_last_request_falls(
    store: Store,
) {
    let bench = store.start(&FLAGS);
    for last_ms in [0, 1, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1, 2 * WINDOW_MS - 1, 100_001] {
        for (idle_ms, live) in [(IDLE_MS - 1, true), (IDLE_MS + WINDOW_MS, false)] {
            let token = bench.signed_in("alice").token();
            bench.advance_ms(last_ms);
            bench.assert_live(&token);
            bench.advance_ms(idle_ms);
            assert_eq!(bench.is_live(&token), live, "{idle_ms} ms after a last request at {last_ms} ms");
        }
    }
}

fn behaviour_23_a_thousand_reads_inside_the_window_write_once_at_most_and_set_no_cookie(store: Store) {
    let bench = store.start(&FLAGS);
    let token = bench.signed_in("alice").token();
    // At the end of the first window: whatever is due is due once.
    bench.advance_ms(WINDOW_MS);
    let before = bench.ops();
    let mut connection = bench.connect();
    for turn in 0..1_000 {
        let target = ["/me", "/peek", "/slot/a", "/count"][turn % 4];
        let answer = connection.ask(&Request::get(target).token(&token));
        answer.expect(200);
        assert_eq!(answer.set_cookies(), [], "GET {target}");
        if turn % 40 == 0 {
            bench.advance_ms(1_000);
        }
    }
    let writes = bench.ops().writes() - before.writes();
    assert!(writes <= 1, "{writes} writes for a thousand reads");
}

/// What `/me` promised is kept, whatever window the look itself fell into.
fn behaviour_23_expiry_is_never_earlier_than_promised(store: Store) {
    let bench = store.start(&FLAGS);
    for look_ms in [0, 1, 10_000, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1, 45_000] {
        let token = bench.signed_in("alice").token();
        bench.advance_ms(look_ms);
        let me = bench.ask(&Request::get("/me").token(&token));
        let promised_ms = me.expect(200).json_integer("expires_at_ms");
        let now_ms = bench.now_ms();
        assert!(promised_ms >= now_ms + IDLE_MS, "a look at {look_ms} ms promises less than the idle limit");
        assert!(promised_ms <= now_ms + IDLE_MS + WINDOW_MS, "a look at {look_ms} ms promises too much");
        bench.advance_ms(promised_ms - now_ms - 1);
        assert!(bench.is_live(&token), "expired earlier than promised at {look_ms} ms");

        let token = bench.signed_in("alice").token();
        bench.advance_ms(look_ms);
        let me = bench.ask(&Request::get("/me").token(&token));
        let promised_ms = me.expect(200).json_integer("expires_at_ms");
        bench.advance_ms(promised_ms - bench.now_ms());
        assert!(!bench.is_live(&token), "lives longer than promised at {look_ms} ms");
    }
}

/// Two requests had read the session at the same time; the later touch is not undone by the earlier one.
fn behaviour_23_a_touch_never_moves_the_limit_of_a_session_that_another_request_touched(store: Store) {
    let bench = store.start(&["--idle-ms", "600000", "--touch-ms", "0"]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    bench.advance_ms(100_000);
    let held = bench.hold([("read", Some(token.as_str()))]);
    bench.advance_ms(400_000);
    alice.get("/me").expect(200);
    for answer in held.release() {
        assert_eq!(answer.outcome(), "ok");
    }
    bench.advance_ms(599_999);
    bench.assert_live(&token);
}

/// A touch, a write or a renewal that comes after the end brings nothing back.
fn behaviour_22_no_request_in_flight_revives_a_session_that_expires_meanwhile(store: Store) {
    let limits = ["--idle-ms", "600000", "--absolute-ms", "900000", "--touch-ms", "0"];
    let bench = store.start(&[&limits[..], &["--renew-ms", "100000"]].concat());
    for then in ["read", "write", "incr", "renew"] {
        let token = bench.signed_in("alice").token();
        let held = bench.hold([(then, Some(token.as_str()))]);
        bench.advance_ms(600_000);
        held.release()[0].expect(200).expect_no_cookie();
        assert!(!bench.is_live(&token), "a late {then} revived an expired session");
        bench.sweep();
        assert_eq!(bench.rows(), 0, "a late {then} moved the end of an expired session");
    }
}

fn behaviour_23_the_list_of_sessions_says_when_each_was_last_seen(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    let mut one = bench.visitor();
    let first = one.sign_in("alice");
    let start_ms = bench.now_ms();
    bench.advance_ms(5_000);
    let mut two = bench.visitor();
    let second = two.sign_in("alice");
    bench.advance_ms(5_000);
    one.get("/me").expect(200);
    bench.advance_ms(5_000);
    let list = two.get("/sessions").expect(200).json();
    let entry = |id: &str| {
        let entries = list.as_array().expect("a list");
        entries.iter().find(|entry| entry["id"] == *id).expect("each session is listed").clone()
    };
    let (one, two) = (entry(&first), entry(&second));
    assert_eq!(one["created_ms"], start_ms);
    assert_eq!(one["last_seen_ms"], start_ms + 10_000);
    assert_eq!(one["current"], false);
    assert_eq!(two["created_ms"], start_ms + 5_000);
    assert_eq!(two["current"], true);
}
