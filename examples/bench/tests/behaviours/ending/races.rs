//! Lines 1 to 5: an end beats whatever had read the session before it.

use super::deed::Deed;
use crate::harness::{Request, Store, Visitor, on_each_store, on_memcached, on_sealed};

on_each_store!(
    behaviour_01_sign_out_beats_a_write_in_flight,
    behaviour_01_sign_out_beats_the_writes_of_many_requests_in_flight,
    behaviour_02_sign_out_beats_a_touch_in_flight,
    behaviour_03_sign_out_beats_a_renewal_in_flight,
    behaviour_03_sign_out_beats_a_sign_in_in_flight,
    behaviour_04_the_loser_keeps_its_own_status_and_learns_that_the_session_is_gone,
    behaviour_04_a_second_sign_out_in_flight_removes_no_cookie,
    behaviour_05_revoke_beats_everything_in_flight,
    behaviour_05_revoke_others_beats_everything_in_flight,
    behaviour_05_revoke_all_beats_everything_in_flight,
    behaviour_05_revoking_the_subject_beats_everything_in_flight,
    behaviour_05_revoking_everyone_beats_everything_in_flight,
    behaviour_05_disabling_the_account_beats_everything_in_flight,
    behaviour_05_a_password_change_beats_everything_in_flight,
    sto_04_a_late_writer_does_not_resurrect_a_session_in_twenty_tries,
);
on_memcached!(behaviour_04_the_loser_keeps_its_own_status_and_learns_that_the_session_is_gone);
on_sealed!(
    behaviour_04_the_loser_keeps_its_own_status_and_learns_that_the_session_is_gone,
    behaviour_04_a_second_sign_out_in_flight_removes_no_cookie,
);

/// With this every read is a touch.
const EAGER: [&str; 2] = ["--touch-ms", "0"];

/// What `/slow` does late, and the outcomes that it may report of a session that has ended meanwhile.
const RACES: [(&str, &[&str]); 5] = [
    ("write", &["gone"]),
    ("incr", &["gone"]),
    ("renew", &["gone"]),
    ("sign_in", &["gone"]),
    ("read", &["gone", "ok"]),
];

fn behaviour_01_sign_out_beats_a_write_in_flight(store: Store) {
    sign_out_beats(store, "write");
}

fn behaviour_02_sign_out_beats_a_touch_in_flight(store: Store) {
    sign_out_beats(store, "read");
}

fn behaviour_03_sign_out_beats_a_renewal_in_flight(store: Store) {
    sign_out_beats(store, "renew");
}

fn behaviour_03_sign_out_beats_a_sign_in_in_flight(store: Store) {
    sign_out_beats(store, "sign_in");
}

/// The old cookie is refused before and after the late answer, which carries no cookie, and no row exists.
#[track_caller]
fn sign_out_beats(store: Store, then: &str) {
    let bench = store.start(&EAGER);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    assert_eq!(bench.rows(), 1);

    let held = bench.hold([(then, Some(old.as_str()))]);
    alice.sign_out();
    bench.assert_dead(&old);
    assert_eq!(bench.rows(), 0);

    for answer in held.release() {
        answer.expect(200).expect_no_cookie();
        assert_allowed(then, &answer.outcome());
    }
    bench.assert_dead(&old);
    assert_eq!(bench.rows(), 0, "the late request left a row");
    assert_eq!(alice.jar(), None);
}

fn behaviour_01_sign_out_beats_the_writes_of_many_requests_in_flight(store: Store) {
    let bench = store.start(&EAGER);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let held = bench.hold((0..40).map(|turn| (RACES[turn % RACES.len()].0, Some(old.as_str()))));
    alice.sign_out();
    for (turn, answer) in held.release().iter().enumerate() {
        answer.expect(200).expect_no_cookie();
        assert_allowed(RACES[turn % RACES.len()].0, &answer.outcome());
    }
    bench.assert_dead(&old);
    assert_eq!(bench.rows(), 0);
}

fn behaviour_04_the_loser_keeps_its_own_status_and_learns_that_the_session_is_gone(store: Store) {
    let bench = store.start(&EAGER);
    for (then, allowed) in RACES {
        let mut alice = bench.signed_in("alice");
        let token = alice.token();
        let held = bench.hold([(then, Some(token.as_str()))]);
        alice.sign_out();
        for answer in held.release() {
            assert_eq!(answer.status, 200, "{then} ends in {}", answer.text());
            assert!(allowed.contains(&answer.outcome().as_str()), "{then}: {}", answer.text());
        }
    }
    let failures = bench.events().iter().filter(|event| event.name == "store_failed").count();
    assert_eq!(failures, 0, "losing a race is no trouble with the store");
}

fn behaviour_04_a_second_sign_out_in_flight_removes_no_cookie(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    let held = bench.hold([("sign_out", Some(token.as_str()))]);
    alice.sign_out();
    alice.sign_in("alice");
    let late = held.release();
    // A removal that arrives now would wipe out the sign-in made meanwhile.
    late[0].expect(200).expect_no_cookie();
    alice.obey(&late[0]);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(bench.rows(), 1);
}

fn behaviour_05_revoke_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::Revoke);
}

fn behaviour_05_revoke_others_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::LogoutOthers);
}

fn behaviour_05_revoke_all_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::LogoutAll);
}

fn behaviour_05_revoking_the_subject_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::RevokeSubject);
}

fn behaviour_05_revoking_everyone_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::RevokeEveryone);
}

fn behaviour_05_disabling_the_account_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::Disable);
}

fn behaviour_05_a_password_change_beats_everything_in_flight(store: Store) {
    beats_everything(store, Deed::ChangePassword);
}

/// Each race at once, each on a session of its own, against one deed; bob is the bystander.
#[track_caller]
fn beats_everything(store: Store, deed: Deed) {
    let bench = store.start(&EAGER);
    let mut bob = bench.signed_in("bob");
    let mut other = bench.signed_in("alice");
    let mut victims: Vec<(Visitor<'_>, String)> = Vec::new();
    for _ in RACES {
        let mut victim = bench.visitor();
        let id = victim.sign_in("alice");
        victims.push((victim, id));
    }
    let tokens: Vec<String> = victims.iter().map(|(victim, _)| victim.token()).collect();
    let held = bench.hold(RACES.iter().zip(&tokens).map(|((then, _), token)| (*then, Some(token.as_str()))));

    for (index, (victim, id)) in victims.iter_mut().enumerate() {
        // One stroke of the others ends them all.
        if deed == Deed::Revoke || index == 0 {
            deed.strike(&bench, victim, id, &mut other);
        }
    }
    bench.assert_all_dead(&tokens);
    for ((then, _), answer) in RACES.iter().zip(held.release()) {
        answer.expect(200).expect_no_cookie();
        assert_allowed(then, &answer.outcome());
    }

    bench.assert_all_dead(&tokens);
    assert_eq!(other.user().is_some(), deed.spares_the_other(), "{deed:?}");
    assert_eq!(bob.user().is_some(), deed.spares_other_subjects(), "{deed:?}");
    let survivors = i64::from(deed.spares_the_other()) + i64::from(deed.spares_other_subjects());
    assert_eq!(bench.rows(), survivors, "{deed:?} left other rows than those of the survivors");
    if deed.spares_the_other() {
        let id = other.session_id();
        assert_eq!(other.listed(), [id]);
    }
}

/// Twenty times a sign-out, twenty times an administrator.
fn sto_04_a_late_writer_does_not_resurrect_a_session_in_twenty_tries(store: Store) {
    let bench = store.start(&EAGER);
    for turn in 0..40 {
        let mut alice = bench.signed_in("alice");
        let token = alice.token();
        let held = bench.hold([("write", Some(token.as_str()))]);
        let deed = if turn % 2 == 0 { Deed::SignOut } else { Deed::RevokeSubject };
        deed.strike(&bench, &mut alice, "", &mut bench.visitor());
        held.release()[0].expect_no_cookie();
        assert_eq!(bench.ask(&Request::get("/me").token(&token)).status, 401, "try {turn}");
        assert_eq!(bench.rows(), 0, "try {turn}");
    }
}

#[track_caller]
fn assert_allowed(then: &str, outcome: &str) {
    let allowed = RACES.iter().find(|(race, _)| *race == then).map(|(_, allowed)| *allowed);
    assert!(allowed.is_some_and(|allowed| allowed.contains(&outcome)), "{then} came to {outcome}");
}
