//! ROT-02, ROT-03 and the contract's rule on reauthentication: a new proof, a new token, no grace.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed, password_of};

on_each_store!(
    rot_02_reauthentication_issues_a_new_token_and_kills_the_old_one_at_once,
    rot_02_a_wrong_password_at_reauthentication_changes_nothing,
    rot_03_a_privilege_change_issues_a_new_token_and_kills_the_old_one_at_once,
    a_request_in_flight_over_a_new_proof_never_hands_out_a_working_token,
    a_privilege_change_or_password_change_wants_a_recent_proof,
    a_pending_renewal_dies_with_a_new_proof,
);
on_memcached!(
    rot_02_a_wrong_password_at_reauthentication_changes_nothing,
    a_privilege_change_or_password_change_wants_a_recent_proof,
    a_pending_renewal_dies_with_a_new_proof
);
on_sealed!(
    rot_02_reauthentication_issues_a_new_token_and_kills_the_old_one_at_once,
    rot_02_a_wrong_password_at_reauthentication_changes_nothing,
    rot_03_a_privilege_change_issues_a_new_token_and_kills_the_old_one_at_once,
    a_pending_renewal_dies_with_a_new_proof,
);

fn rot_02_reauthentication_issues_a_new_token_and_kills_the_old_one_at_once(store: Store) {
    let bench = store.start(&["--grace-ms", "30000", "--reuse-policy", "log"]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    alice.set_slot("a", "kept");
    let old = alice.token();
    alice.reauthenticate("alice").expect_new_token();
    assert_ne!(alice.token(), old);
    bench.assert_dead(&old);
    assert_eq!(alice.session_id(), id);
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    assert_eq!(bench.count_events("reauthenticated"), 1);
    assert_eq!(bench.rows(), 1);
}

fn rot_02_a_wrong_password_at_reauthentication_changes_nothing(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let before = alice.get("/me").expect(200).json();
    for password in ["wrong", "", &password_of("bob")] {
        alice.ask(Request::post("/reauth").form(&[("password", password)])).expect(403).expect_no_cookie();
    }
    assert_eq!(alice.get("/me").expect(200).json(), before);
    assert_eq!(bench.count_events("reauthenticated"), 0);
}

fn rot_03_a_privilege_change_issues_a_new_token_and_kills_the_old_one_at_once(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    alice.set_slot("b", "kept");
    for _ in 0..3 {
        let old = alice.token();
        alice.post("/elevate").expect(204).expect_new_token();
        assert_ne!(alice.token(), old);
        bench.assert_dead(&old);
    }
    assert_eq!(alice.session_id(), id);
    assert_eq!(alice.slot("b").as_deref(), Some("kept"));
    assert_eq!(bench.rows(), 1);
}

/// Whoever had read the session with the weaker token ends with no cookie, and with an answer of its own.
fn a_request_in_flight_over_a_new_proof_never_hands_out_a_working_token(store: Store) {
    for proof in ["reauth", "elevate", "pwchange"] {
        let bench = store.start(&["--touch-ms", "0"]);
        let mut alice = bench.signed_in("alice");
        let old = alice.token();
        let held =
            bench.hold(["renew", "sign_in", "write", "incr", "read"].map(|then| (then, Some(old.as_str()))));
        match proof {
            "reauth" => alice.reauthenticate("alice"),
            "elevate" => alice.post("/elevate"),
            _ => alice.change_password(&password_of("alice"), "another phrase"),
        }
        .expect(204)
        .expect_new_token();
        let new = alice.token();
        for (then, answer) in ["renew", "sign_in", "write", "incr", "read"].iter().zip(held.release()) {
            answer.expect(200).expect_no_cookie();
            if matches!(*then, "renew" | "sign_in") {
                let outcome = answer.outcome();
                assert!(outcome == "gone" || outcome == "lost", "{proof}, {then}: {outcome}");
            }
        }
        bench.assert_dead(&old);
        bench.assert_live(&new);
        assert_eq!(bench.rows(), 1, "{proof}");
    }
}

fn a_privilege_change_or_password_change_wants_a_recent_proof(store: Store) {
    let bench = store.start(&["--reauth-ms", "60000"]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    bench.advance_ms(59_999);
    alice.post("/elevate").expect(204);
    // A privilege change is no proof: a limit reached exactly is expired.
    bench.advance_ms(1);
    let token = alice.token();
    alice.post("/elevate").expect_error(403, "reauthentication_required").expect_no_cookie();
    let change = alice.change_password(&password_of("alice"), "another phrase");
    change.expect_error(403, "reauthentication_required").expect_no_cookie();
    let revoke = alice.post(&format!("/revoke?id={id}"));
    revoke.expect_error(403, "reauthentication_required").expect_no_cookie();
    assert_eq!(alice.token(), token);
    alice.reauthenticate("alice");
    bench.advance_ms(59_999);
    alice.post("/elevate").expect(204);
    bench.signed_in("alice");
}

fn a_pending_renewal_dies_with_a_new_proof(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let pending = bench.ask(&Request::post("/renew").token(&old)).expect(204).expect_new_token();
    alice.reauthenticate("alice");
    bench.assert_dead(&pending);
    bench.assert_dead(&old);
    assert_eq!(alice.user().as_deref(), Some("alice"));
}
