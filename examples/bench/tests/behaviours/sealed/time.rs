//! Lines 22 to 24: the limits of a value are its own, and sending it again moves only what activity moves.

use crate::harness::{Bench, Request, Store, on_sqlite};

on_sqlite!(
    behaviour_23_a_thousand_reads_inside_the_window_write_nothing_and_set_no_cookie,
    behaviour_22_idle_and_absolute_limits_hold_together,
    lif_07_an_older_value_is_judged_by_its_own_activity,
    behaviour_22_a_new_proof_moves_the_absolute_limit_and_nothing_else_does,
);

/// An idle session ends between 600 and 660 seconds after its last request, by the touch window.
const LIMITS: [&str; 7] =
    ["--sealed", "--idle-ms", "600000", "--absolute-ms", "3600000", "--touch-ms", "60000"];

fn behaviour_23_a_thousand_reads_inside_the_window_write_nothing_and_set_no_cookie() {
    let bench = Store::Sqlite.start(&LIMITS);
    let token = bench.signed_in("alice").token();
    let before = bench.ops();
    let mut connection = bench.connect();
    for _ in 0..1000 {
        connection.ask(&Request::get("/me").token(&token)).expect(200).expect_no_cookie();
    }
    assert_eq!(bench.ops().writes(), before.writes());
}

fn behaviour_22_idle_and_absolute_limits_hold_together() {
    let bench = Store::Sqlite.start(&LIMITS);
    let first = bench.signed_in("alice").token();
    bench.advance_ms(59_999);
    me(&bench, &first).expect_no_cookie();
    bench.advance_ms(1);
    let second = me(&bench, &first).expect_new_token();
    bench.advance_ms(659_999);
    let mut token = me(&bench, &second).expect_new_token();
    for _ in 0..5 {
        bench.advance_ms(500_000);
        token = me(&bench, &token).expect_new_token();
    }
    bench.advance_ms(3_600_000 - 60_000 - 659_999 - 2_500_000 - 1);
    token = me(&bench, &token).new_token().unwrap_or(token);
    bench.advance_ms(1);
    bench.assert_dead(&token);

    let idle = bench.signed_in("alice").token();
    bench.advance_ms(660_000);
    bench.assert_dead(&idle);
}

fn lif_07_an_older_value_is_judged_by_its_own_activity() {
    let bench = Store::Sqlite.start(&LIMITS);
    let old = bench.signed_in("alice").token();
    bench.advance_ms(330_000);
    let newer = me(&bench, &old).expect_new_token();
    bench.advance_ms(330_000);
    bench.assert_dead(&old);
    bench.assert_live(&newer);
}

fn behaviour_22_a_new_proof_moves_the_absolute_limit_and_nothing_else_does() {
    let bench = Store::Sqlite.start(&LIMITS);
    let mut alice = bench.signed_in("alice");
    let began = bench.now_ms();
    for _ in 0..6 {
        bench.advance_ms(500_000);
        assert_eq!(alice.user().as_deref(), Some("alice"));
        alice.post("/renew").expect(204).expect_new_token();
        alice.set_slot("a", "1");
    }
    assert_eq!(alice.get("/me").json_integer("expires_at_ms"), began + 3_600_000);
    alice.reauthenticate("alice");
    let now = bench.now_ms();
    for _ in 0..7 {
        bench.advance_ms(500_000);
        assert_eq!(alice.user().as_deref(), Some("alice"));
    }
    bench.advance_ms(now + 3_600_000 - bench.now_ms());
    assert_eq!(alice.user(), None);
}

#[track_caller]
fn me(bench: &Bench, token: &str) -> crate::harness::Answer {
    let answer = bench.ask(&Request::get("/me").token(token));
    answer.expect(200);
    answer
}
