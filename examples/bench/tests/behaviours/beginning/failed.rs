//! Line 17 and ROT-09: a sign-in that fails changes nothing.

use crate::harness::{Request, Store, on_each_store, on_memcached, on_sealed, password_of};

on_each_store!(
    behaviour_17_a_failed_sign_in_makes_no_session,
    behaviour_17_a_failed_sign_in_leaves_a_session_already_present_alone,
    rot_09_a_failed_login_as_bob_does_not_alter_the_session_of_alice,
);
on_memcached!(rot_09_a_failed_login_as_bob_does_not_alter_the_session_of_alice);
on_sealed!(
    behaviour_17_a_failed_sign_in_makes_no_session,
    rot_09_a_failed_login_as_bob_does_not_alter_the_session_of_alice,
);

/// Whose sign-in fails: wrong password, unknown user, disabled account, other case.
const FAILURES: [(&str, &str); 5] = [
    ("alice", "wrong"),
    ("alice", ""),
    ("mallory", "correct horse mallory"),
    ("carol", "correct horse carol"),
    ("Alice", "correct horse alice"),
];

fn behaviour_17_a_failed_sign_in_makes_no_session(store: Store) {
    let bench = store.start(&[]);
    let before = bench.ops();
    for (user, password) in FAILURES {
        bench.ask(&Request::login(user, password)).expect_error(401, "bad_credentials").expect_no_cookie();
    }
    assert_eq!(bench.rows(), 0);
    assert_eq!(bench.ops().writes(), before.writes());
    assert_eq!(bench.count_events("signed_in"), 0);
    assert_eq!(bench.count_events("sign_in_failed"), FAILURES.len());
}

fn behaviour_17_a_failed_sign_in_leaves_a_session_already_present_alone(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    let token = alice.token();
    alice.set_slot("a", "kept");
    let mut guest = bench.visitor();
    guest.set_slot("b", "kept");
    for (user, password) in FAILURES {
        for visitor in [&mut alice, &mut guest] {
            visitor
                .ask(Request::login(user, password))
                .expect_error(401, "bad_credentials")
                .expect_no_cookie();
        }
    }
    assert_eq!(alice.token(), token);
    assert_eq!(alice.session_id(), id);
    assert_eq!(alice.slot("a").as_deref(), Some("kept"));
    assert_eq!(guest.slot("b").as_deref(), Some("kept"));
    assert_eq!(guest.user(), None);
    assert_eq!(bench.rows(), 2);
}

fn rot_09_a_failed_login_as_bob_does_not_alter_the_session_of_alice(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let before = alice.get("/me").expect(200).json();
    alice.ask(Request::login("bob", &password_of("alice"))).expect(401).expect_no_cookie();
    assert_eq!(alice.get("/me").expect(200).json(), before);
}
