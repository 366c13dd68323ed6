//! Line 15: several changes of the session within one request.

use crate::harness::{Store, Visitor, on_each_store, on_memcached, on_sealed};

on_each_store!(
    behaviour_15_sign_in_sign_out_sign_in_within_one_request_ends_with_one_valid_cookie,
    behaviour_15_sign_in_and_renewal_within_one_request_end_with_one_valid_cookie,
    behaviour_15_a_cookie_of_our_name_by_the_app_itself_does_not_stand_beside_ours,
    behaviour_15_set_and_delete_within_one_request_leave_nothing,
);
on_memcached!(behaviour_15_set_and_delete_within_one_request_leave_nothing);
on_sealed!(behaviour_15_set_and_delete_within_one_request_leave_nothing);

fn behaviour_15_sign_in_sign_out_sign_in_within_one_request_ends_with_one_valid_cookie(store: Store) {
    one_valid_cookie(store, "in_out_in");
}

fn behaviour_15_sign_in_and_renewal_within_one_request_end_with_one_valid_cookie(store: Store) {
    one_valid_cookie(store, "login_renew");
}

fn behaviour_15_a_cookie_of_our_name_by_the_app_itself_does_not_stand_beside_ours(store: Store) {
    one_valid_cookie(store, "app_cookie");
}

/// From nothing, from an anonymous session, and from one that is signed in already. That there is at most
/// one `Set-Cookie` of our name holds for every answer.
#[track_caller]
fn one_valid_cookie(store: Store, case: &str) {
    let bench = store.start(&[]);
    let mut anonymous = bench.visitor();
    anonymous.set_slot("b", "guest");
    for mut browser in [bench.visitor(), anonymous, bench.signed_in("alice"), bench.signed_in("bob")] {
        let before = browser.jar().map(str::to_owned);
        let rows = bench.rows() - i64::from(before.is_some());
        let answer = browser.post(&format!("/twice?case={case}"));
        answer.expect_success();
        let token = answer.expect_new_token();
        assert_eq!(browser.user().as_deref(), Some("alice"), "{case}");
        assert_ne!(Some(&token), before.as_ref());
        if let Some(before) = before {
            bench.assert_dead(&before);
        }
        assert_eq!(bench.rows(), rows + 1, "{case} leaves exactly one session");
        browser.sign_out();
    }
}

fn behaviour_15_set_and_delete_within_one_request_leave_nothing(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    alice.set_slot("b", "kept");
    alice.post("/twice?case=set_delete").expect_success();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(alice.slot("a"), None);
    let mut with_value = bench.signed_in("alice");
    with_value.set_slot("a", "old");
    with_value.post("/twice?case=set_delete").expect_success();
    assert_eq!(with_value.slot("a"), None);
    let mut fresh: Visitor<'_> = bench.visitor();
    let answer = fresh.post("/twice?case=set_delete");
    assert!(answer.status < 500);
    assert_eq!(fresh.slot("a"), None);
}
