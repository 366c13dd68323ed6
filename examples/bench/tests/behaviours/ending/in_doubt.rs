//! Line 8: a sign-out that the store could not hear.

use std::time::Duration;

use crate::harness::{Request, Stopwatch, Store, StoreMode, on_each_store, on_memcached, on_sealed};

on_each_store!(
    behaviour_08_a_sign_out_without_the_store_reports_no_success_and_removes_the_cookie,
    behaviour_08_a_sign_out_against_a_hanging_store_is_bounded_and_reports_no_success,
    behaviour_08_other_ends_without_the_store_report_no_success_and_leave_the_cookie,
    behaviour_08_a_sign_out_after_the_store_returned_is_durable,
    behaviour_08_a_sign_out_that_failed_is_made_up_for_when_the_store_returns,
    behaviour_08_a_failed_sign_out_with_a_wrong_secret_ends_nothing,
);
on_memcached!(
    behaviour_08_a_sign_out_without_the_store_reports_no_success_and_removes_the_cookie,
    behaviour_08_a_sign_out_against_a_hanging_store_is_bounded_and_reports_no_success,
    behaviour_08_other_ends_without_the_store_report_no_success_and_leave_the_cookie,
    behaviour_08_a_failed_sign_out_with_a_wrong_secret_ends_nothing
);
on_sealed!(
    behaviour_08_a_sign_out_without_the_store_reports_no_success_and_removes_the_cookie,
    behaviour_08_a_sign_out_against_a_hanging_store_is_bounded_and_reports_no_success,
    behaviour_08_other_ends_without_the_store_report_no_success_and_leave_the_cookie,
);

fn behaviour_08_a_sign_out_without_the_store_reports_no_success_and_removes_the_cookie(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    bench.set_store(StoreMode::Down);
    alice.post("/logout").expect(503).expect_removal();
    assert_eq!(alice.jar(), None);
    assert_eq!(bench.count_events("signed_out"), 0, "nobody was signed out");
}

fn behaviour_08_a_sign_out_against_a_hanging_store_is_bounded_and_reports_no_success(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "300"]);
    let mut alice = bench.signed_in("alice");
    bench.set_store(StoreMode::Hang);
    let waited = Stopwatch::start();
    alice.post("/logout").expect(503).expect_removal();
    assert!(waited.elapsed() < Duration::from_secs(5), "took {:?}", waited.elapsed());
    bench.set_store(StoreMode::Ok);
}

fn behaviour_08_other_ends_without_the_store_report_no_success_and_leave_the_cookie(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    bench.set_store(StoreMode::Down);
    for target in ["/logout_all", "/logout_others", &format!("/revoke?id={id}")] {
        alice.post(target).expect(503).expect_no_cookie();
    }
    alice.change_password("correct horse alice", "another phrase").expect(503).expect_no_cookie();
    bench.set_store(StoreMode::Ok);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    // The change of the password failed as a whole.
    bench.signed_in("alice");
}

/// The cookie that the failed sign-out removed is asked for again, as a thief who copied it would.
fn behaviour_08_a_sign_out_after_the_store_returned_is_durable(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let copy = alice.token();
    bench.set_store(StoreMode::Down);
    alice.post("/logout").expect(503);
    bench.set_store(StoreMode::Ok);
    let again = bench.ask(&Request::post("/logout").token(&copy));
    again.expect(204);
    bench.assert_dead(&copy);
    assert_eq!(bench.rows(), 0);
}

fn behaviour_08_a_sign_out_that_failed_is_made_up_for_when_the_store_returns(store: Store) {
    let bench = store.start(&[]);
    for sweep_first in [false, true] {
        let mut alice = bench.signed_in("alice");
        let copy = alice.token();
        bench.set_store(StoreMode::Down);
        alice.post("/logout").expect(503);
        bench.set_store(StoreMode::Ok);
        if sweep_first {
            bench.sweep();
            assert_eq!(bench.rows(), 0, "the purge makes up for it when nobody comes back");
        }
        bench.assert_dead(&copy);
        assert_eq!(bench.rows(), 0);
    }
    assert_eq!(bench.count_events("signed_out"), 2);
}

/// The ID is public, so the ID alone must not be able to end a session, not even by way of an outage.
fn behaviour_08_a_failed_sign_out_with_a_wrong_secret_ends_nothing(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let forged = format!("{}{}", &alice[..22], "A".repeat(42));
    bench.set_store(StoreMode::Down);
    bench.ask(&Request::post("/logout").token(&forged)).expect(503);
    bench.set_store(StoreMode::Ok);
    bench.sweep();
    bench.assert_live(&alice);
}
