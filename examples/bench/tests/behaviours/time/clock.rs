//! Line 24: clocks that are set, and places with another time.

use crate::harness::{Bench, Request, Site, Store, Visitor, on_each_shared_store, on_every_store, on_sealed};

on_every_store!(
    behaviour_24_a_wall_clock_set_back_revives_no_expired_session,
    behaviour_24_a_wall_clock_set_back_revives_no_old_token,
    behaviour_24_a_wall_clock_set_back_signs_nobody_out_and_lengthens_nothing,
);
on_each_shared_store!(
    behaviour_24_nodes_in_different_time_zones_agree,
    behaviour_24_a_restart_moves_no_limit,
);
on_sealed!(
    behaviour_24_a_wall_clock_set_back_revives_no_expired_session,
    behaviour_24_a_wall_clock_set_back_signs_nobody_out_and_lengthens_nothing,
);

const HOUR_MS: i64 = 3_600_000;
const FLAGS: [&str; 6] = ["--idle-ms", "600000", "--absolute-ms", "3600000", "--touch-ms", "0"];

/// One session whose expiry was noticed before the clock went back, and one where nobody had looked.
fn behaviour_24_a_wall_clock_set_back_revives_no_expired_session(store: Store) {
    let bench = store.start(&FLAGS);
    let noticed = bench.signed_in("alice").token();
    let unnoticed = bench.signed_in("alice").token();
    bench.advance_ms(600_000);
    bench.assert_dead(&noticed);
    for _ in 0..3 {
        bench.advance_ms(-HOUR_MS);
        bench.assert_dead(&noticed);
        bench.assert_dead(&unnoticed);
    }
    let later = bench.signed_in("alice").token();
    bench.assert_live(&later);
    bench.assert_dead(&unnoticed);
}

fn behaviour_24_a_wall_clock_set_back_revives_no_old_token(store: Store) {
    let bench = store.start(&["--grace-ms", "30000"]);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    alice.post("/renew").expect(204).expect_new_token();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(30_000);
    bench.advance_ms(-HOUR_MS);
    bench.assert_dead(&old);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    let ended = alice.token();
    alice.sign_out();
    bench.advance_ms(-HOUR_MS);
    bench.assert_dead(&ended);
}

fn behaviour_24_a_wall_clock_set_back_signs_nobody_out_and_lengthens_nothing(store: Store) {
    let bench = store.start(&FLAGS);
    let mut alice = bench.signed_in("alice");
    let idle = bench.signed_in("alice").token();
    bench.advance_ms(300_000);
    bench.advance_ms(-HOUR_MS);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(300_000);
    bench.assert_dead(&idle);
    for _ in 0..10 {
        assert_eq!(alice.user().as_deref(), Some("alice"));
        bench.advance_ms(299_999);
    }
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(10);
    assert_eq!(alice.user(), None, "an hour of real time has passed since the sign-in");
}

fn behaviour_24_nodes_in_different_time_zones_agree(store: Store) {
    let site = Site::new(store);
    let east = site.start_in(&FLAGS, &[("TZ", "Pacific/Kiritimati")]);
    let west = site.start_in(&FLAGS, &[("TZ", "Pacific/Pago_Pago")]);
    let alice = east.signed_in("alice").token();
    west.assert_live(&alice);
    let advance_both = |by_ms: i64| [&east, &west].map(|node: &Bench| node.advance_ms(by_ms));
    advance_both(590_000);
    west.assert_live(&alice);
    advance_both(590_000);
    east.assert_live(&alice);
    // The two clocks started a moment apart.
    advance_both(610_000);
    west.assert_dead(&alice);
    east.assert_dead(&alice);
}

fn behaviour_24_a_restart_moves_no_limit(store: Store) {
    let site = Site::new(store);
    let bench = site.start(&FLAGS);
    let mut alice = bench.signed_in("alice");
    let promised_ms = alice.get("/me").expect(200).json_integer("expires_at_ms");
    let token = alice.token();
    bench.kill();
    let bench = site.start(&FLAGS);
    let me = bench.ask(&Request::get("/me").token(&token));
    let now_ms = bench.now_ms();
    assert_eq!(me.expect(200).json_integer("expires_at_ms"), now_ms + 600_000);
    assert!(promised_ms <= now_ms + 600_000);
    bench.advance_ms(600_000);
    assert_eq!(Visitor::with_token(&bench, &token).user(), None);
}
