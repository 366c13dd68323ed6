//! Line 19, second half, and ROT-06: the grace, and what a use after it means.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed};

on_each_store!(
    rot_06_the_previous_token_lives_for_the_grace_and_no_longer,
    behaviour_19_the_grace_counts_from_the_first_use_of_the_new_token,
    behaviour_19_a_use_after_the_grace_is_refused_and_reported,
    behaviour_19_a_use_after_the_grace_ends_the_session_where_the_policy_says_so,
    behaviour_19_renewal_on_demand_has_the_same_grace,
    behaviour_19_a_renewal_keeps_id_data_and_times,
    behaviour_19_a_sign_out_with_any_token_of_the_session_ends_it,
);
on_memcached!(
    rot_06_the_previous_token_lives_for_the_grace_and_no_longer,
    behaviour_19_the_grace_counts_from_the_first_use_of_the_new_token,
    behaviour_19_a_use_after_the_grace_is_refused_and_reported,
    behaviour_19_renewal_on_demand_has_the_same_grace
);
on_sealed!(behaviour_19_renewal_on_demand_has_the_same_grace);

/// The figures of the row: renewal at 300 s, grace 30 s.
fn rot_06_the_previous_token_lives_for_the_grace_and_no_longer(store: Store) {
    let bench = store.start(&["--renew-ms", "300000", "--grace-ms", "30000"]);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    bench.advance_ms(299_999);
    alice.get("/me").expect(200).expect_no_cookie();
    bench.advance_ms(1_001);
    let new = alice.get("/me").expect(200).expect_new_token();
    assert_ne!(new, old);
    bench.assert_live(&old);
    bench.advance_ms(1_000);
    bench.assert_live(&new);
    bench.advance_ms(18_000);
    bench.assert_live(&old);
    bench.advance_ms(13_000);
    bench.assert_dead(&old);
    bench.assert_live(&new);
}

fn behaviour_19_the_grace_counts_from_the_first_use_of_the_new_token(store: Store) {
    let bench = store.start(&["--renew-ms", "300000", "--grace-ms", "30000"]);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    bench.advance_ms(300_000);
    let new = alice.get("/me").expect(200).expect_new_token();
    bench.advance_ms(20_000);
    bench.assert_live(&new);
    bench.advance_ms(29_999);
    bench.assert_live(&old);
    bench.advance_ms(1);
    bench.assert_dead(&old);
    bench.assert_live(&new);
}

fn behaviour_19_a_use_after_the_grace_is_refused_and_reported(store: Store) {
    let bench = store.start(&["--grace-ms", "30000", "--reuse-policy", "log"]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let old = alice.token();
    alice.post("/renew").expect(204).expect_new_token();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.assert_live(&old);
    assert_eq!(bench.count_events("reused"), 0, "within the grace it is no reuse");
    bench.advance_ms(30_000);
    bench.ask(&Request::get("/me").token(&old)).expect_error(401, "session_required").expect_no_cookie();
    let events = bench.events();
    let told: Vec<_> = events.iter().filter(|event| event.name == "reused").collect();
    assert_eq!(told.len(), 1, "{events:?}");
    assert_eq!(told[0].session_id.as_ref(), Some(&id));
    assert_eq!(told[0].subject.as_deref(), Some("alice"));
    assert_eq!(alice.user().as_deref(), Some("alice"), "the policy is to log");
}

fn behaviour_19_a_use_after_the_grace_ends_the_session_where_the_policy_says_so(store: Store) {
    let bench = store.start(&["--grace-ms", "30000", "--reuse-policy", "revoke"]);
    let mut alice = bench.signed_in("alice");
    let mut elsewhere = bench.signed_in("alice");
    let old = alice.token();
    alice.post("/renew").expect(204).expect_new_token();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(29_999);
    bench.assert_live(&old);
    bench.advance_ms(1);
    bench.ask(&Request::get("/me").token(&old)).expect(401).expect_no_cookie();
    assert_eq!(alice.user(), None, "thief and owner are out, whoever was who");
    assert_eq!(bench.count_events("reused"), 1);
    assert_eq!(elsewhere.user().as_deref(), Some("alice"), "another session of alice is none of this");
    assert_eq!(bench.rows(), 1);
}

fn behaviour_19_renewal_on_demand_has_the_same_grace(store: Store) {
    let bench = store.start(&["--grace-ms", "30000"]);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let new = alice.post("/renew").expect(204).expect_new_token();
    assert_ne!(new, old);
    // Not presented yet: the old one is as good as ever, however long that takes.
    bench.advance_ms(120_000);
    bench.assert_live(&old);
    assert_eq!(bench.count_events("reused"), 0);
}

fn behaviour_19_a_renewal_keeps_id_data_and_times(store: Store) {
    let bench = store.start(&["--grace-ms", "1000", "--touch-ms", "0"]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("a", "kept");
    alice.post("/incr").expect(200);
    let before = alice.get("/me").expect(200).json();
    let old = alice.token();
    alice.post("/renew").expect(204);
    let after = alice.get("/me").expect(200).json();
    assert_ne!(alice.token(), old);
    assert_eq!(after, before);
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    assert_eq!(alice.count(), 1);
    let id = alice.session_id();
    assert_eq!(alice.listed(), [id]);
}

/// The current token, the pending one before it is used, and the previous one in its grace.
fn behaviour_19_a_sign_out_with_any_token_of_the_session_ends_it(store: Store) {
    let bench = store.start(&["--grace-ms", "30000"]);
    for (presents_new, signs_out_with_new) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut alice = bench.signed_in("alice");
        let old = alice.token();
        let new = alice.post("/renew").expect(204).expect_new_token();
        if presents_new {
            bench.assert_live(&new);
        }
        let leaving = if signs_out_with_new { &new } else { &old };
        bench.ask(&Request::post("/logout").token(leaving)).expect(204).expect_removal();
        bench.assert_all_dead(&[old, new]);
        assert_eq!(bench.rows(), 0);
    }
}
