//! ATR-08, LIF-06, LIF-07 and the second half of line 24: the browser's own idea of a lifetime.

use crate::harness::{Answer, Bench, Request, Store, on_every_store, on_sealed, password_of};

on_every_store!(
    atr_08_the_cookie_lasts_as_long_as_the_browser_unless_it_is_to_be_remembered,
    lif_06_a_cookie_replayed_after_its_max_age_is_judged_by_the_server_alone,
    lif_07_nothing_that_a_client_sends_extends_a_session,
    behaviour_22_to_be_remembered_changes_no_limit_of_the_server,
    a_remembered_cookie_never_outlives_what_is_left_of_the_absolute_limit,
);
on_sealed!(
    atr_08_the_cookie_lasts_as_long_as_the_browser_unless_it_is_to_be_remembered,
    lif_06_a_cookie_replayed_after_its_max_age_is_judged_by_the_server_alone,
    a_remembered_cookie_never_outlives_what_is_left_of_the_absolute_limit,
);

const FLAGS: [&str; 6] = ["--idle-ms", "30000", "--absolute-ms", "60000", "--touch-ms", "0"];

#[track_caller]
fn sign_in_remembered(bench: &Bench) -> Answer {
    let form = [("user", "alice"), ("password", &password_of("alice")), ("remember", "1")];
    let answer = bench.ask(&Request::post("/login").form(&form));
    answer.expect(200).expect_new_token();
    answer
}

fn atr_08_the_cookie_lasts_as_long_as_the_browser_unless_it_is_to_be_remembered(store: Store) {
    let bench = store.start(&[]);
    let plain = bench.ask(&Request::login("alice", &password_of("alice")));
    let cookie = plain.expect(200).session_cookie().expect("a sign-in sets the cookie");
    assert_eq!((cookie.attribute("max-age"), cookie.attribute("expires")), (None, None), "{}", cookie.line);
    let cookie = sign_in_remembered(&bench).session_cookie().expect("a sign-in sets the cookie");
    assert!(cookie.max_age().is_some_and(|seconds| seconds > 0), "{}", cookie.line);
}

fn lif_06_a_cookie_replayed_after_its_max_age_is_judged_by_the_server_alone(store: Store) {
    let bench = store.start(&["--idle-ms", "59999", "--absolute-ms", "60000", "--touch-ms", "0"]);
    let token = sign_in_remembered(&bench).expect_new_token();
    bench.advance_ms(59_000);
    bench.assert_live(&token);
    bench.advance_ms(2_000);
    bench.assert_dead(&token);
    // And the other way round: a cookie that a browser forgets earlier is as good as any while it is good.
    let token = bench.signed_in("alice").token();
    bench.advance_ms(59_998);
    bench.assert_live(&token);
}

fn lif_07_nothing_that_a_client_sends_extends_a_session(store: Store) {
    let bench = store.start(&FLAGS);
    let token = bench.signed_in("alice").token();
    let request = Request::get("/me?max_age=999999&expires_at_ms=9999999999999")
        .cookie(format!(
            "Max-Age=999999; Expires=Fri, 01 Jan 2100 00:00:00 GMT; __Host-sid={token}; remember=1"
        ))
        .field("Date", "Fri, 01 Jan 2100 00:00:00 GMT")
        .field("X-Session-Expires", "9999999999999");
    for _ in 0..2 {
        bench.advance_ms(29_999);
        bench.ask(&request).expect(200).expect_no_cookie();
    }
    bench.advance_ms(2);
    bench.ask(&request).expect(401);
}

fn behaviour_22_to_be_remembered_changes_no_limit_of_the_server(store: Store) {
    let bench = store.start(&FLAGS);
    let idle = sign_in_remembered(&bench).expect_new_token();
    let busy = sign_in_remembered(&bench).expect_new_token();
    bench.advance_ms(29_999);
    bench.assert_live(&busy);
    bench.advance_ms(1);
    bench.assert_dead(&idle);
    bench.advance_ms(29_998);
    bench.assert_live(&busy);
    bench.advance_ms(2);
    bench.assert_dead(&busy);
}

fn a_remembered_cookie_never_outlives_what_is_left_of_the_absolute_limit(store: Store) {
    let bench = store.start(&["--absolute-ms", "3600000", "--touch-ms", "0"]);
    let first = sign_in_remembered(&bench);
    let lifetime = |answer: &Answer| answer.session_cookie().and_then(|cookie| cookie.max_age());
    assert!(lifetime(&first).is_some_and(|seconds| seconds > 0 && seconds <= 3_600));
    let token = first.expect_new_token();
    bench.advance_ms(1_000_500);
    // A renewed cookie may be remembered as well, for what is left and no longer.
    let renewed = bench.ask(&Request::post("/renew").token(&token));
    renewed.expect(204).expect_new_token();
    assert!(lifetime(&renewed).is_none_or(|seconds| seconds <= 2_599), "{:?}", lifetime(&renewed));
}
