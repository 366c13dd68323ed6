//! Line 7: a cap on the sessions of one subject.

use crate::harness::{
    Answer, Bench, Flight, Request, Site, Store, on_each_shared_store, on_each_store, on_memcached,
    on_sealed, password_of,
};

on_each_store!(
    behaviour_07_fifty_parallel_sign_ins_under_refuse_leave_exactly_the_cap,
    behaviour_07_fifty_parallel_sign_ins_under_evict_leave_exactly_the_cap,
    behaviour_07_the_oldest_is_the_first_created_however_active,
    behaviour_07_expired_sessions_do_not_count,
    behaviour_07_a_cap_binds_each_subject_for_itself,
    behaviour_07_a_sign_out_makes_room,
    behaviour_07_a_sign_in_on_ones_own_session_never_exceeds_the_cap,
);
on_memcached!(behaviour_07_expired_sessions_do_not_count);

on_each_shared_store!(behaviour_07_two_nodes_keep_one_cap);
on_sealed!(behaviour_07_expired_sessions_do_not_count);

const CAP: usize = 5;
const REFUSE: [&str; 4] = ["--cap", "5", "--cap-policy", "refuse"];
const EVICT: [&str; 4] = ["--cap", "5", "--cap-policy", "evict"];

fn fifty_sign_ins(bench: &Bench) -> Vec<Answer> {
    let login = Request::login("alice", &password_of("alice"));
    let flights: Vec<Flight> = (0..50).map(|_| bench.launch(login.clone())).collect();
    flights.into_iter().map(Flight::land).collect()
}

#[track_caller]
fn live_among(bench: &Bench, answers: &[Answer]) -> usize {
    let tokens = answers.iter().filter_map(Answer::new_token);
    tokens.filter(|token| bench.is_live(token)).count()
}

fn behaviour_07_fifty_parallel_sign_ins_under_refuse_leave_exactly_the_cap(store: Store) {
    let bench = store.start(&REFUSE);
    let answers = fifty_sign_ins(&bench);
    let (good, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(good.len(), CAP);
    for answer in &refused {
        answer.expect_error(409, "too_many_sessions").expect_no_cookie();
    }
    assert_eq!(live_among(&bench, &good), CAP);
    assert_eq!(bench.rows(), 5, "a refused sign-in leaves no row");
}

fn behaviour_07_fifty_parallel_sign_ins_under_evict_leave_exactly_the_cap(store: Store) {
    let bench = store.start(&EVICT);
    let answers = fifty_sign_ins(&bench);
    for answer in &answers {
        answer.expect(200).expect_new_token();
    }
    assert_eq!(live_among(&bench, &answers), CAP);
    assert_eq!(bench.rows(), 5, "an evicted session leaves no row");
    assert_eq!(bench.count_events("evicted"), 45, "each end by the cap is reported once");
}

fn behaviour_07_the_oldest_is_the_first_created_however_active(store: Store) {
    let bench = store.start(&["--cap", "2", "--cap-policy", "evict", "--touch-ms", "0"]);
    let first = bench.signed_in("alice").token();
    bench.advance_ms(1_000);
    let second = bench.signed_in("alice").token();
    bench.advance_ms(1_000);
    bench.assert_live(&first);
    bench.advance_ms(1_000);
    let third = bench.signed_in("alice").token();
    bench.assert_dead(&first);
    bench.assert_live(&second);
    bench.assert_live(&third);
}

fn behaviour_07_expired_sessions_do_not_count(store: Store) {
    let lifetimes = ["--cap", "2", "--idle-ms", "60000", "--touch-ms", "0"];
    for policy in ["refuse", "evict"] {
        let bench = store.start(&[&lifetimes[..], &["--cap-policy", policy]].concat());
        bench.signed_in("alice");
        bench.advance_ms(30_000);
        let younger = bench.signed_in("alice").token();
        bench.advance_ms(30_000);
        // The first has just expired: there is room for one, at nobody's expense.
        let youngest = bench.signed_in("alice").token();
        bench.assert_live(&younger);
        bench.assert_live(&youngest);
        assert_eq!(bench.count_events("evicted"), 0, "{policy}");
    }
}

fn behaviour_07_a_cap_binds_each_subject_for_itself(store: Store) {
    let bench = store.start(&["--cap", "1", "--cap-policy", "refuse"]);
    let alice = bench.signed_in("alice").token();
    let bob = bench.signed_in("bob").token();
    let refused = bench.ask(&Request::login("bob", &password_of("bob")));
    refused.expect_error(409, "too_many_sessions");
    bench.assert_live(&alice);
    bench.assert_live(&bob);
}

fn behaviour_07_a_sign_out_makes_room(store: Store) {
    let bench = store.start(&["--cap", "1", "--cap-policy", "refuse"]);
    for _ in 0..5 {
        let mut alice = bench.signed_in("alice");
        let refused = bench.ask(&Request::login("alice", &password_of("alice")));
        refused.expect_error(409, "too_many_sessions").expect_no_cookie();
        alice.sign_out();
    }
    assert_eq!(bench.rows(), 0);
}

/// Whether the cap lets it replace itself is open; that there are never more than the cap is not.
fn behaviour_07_a_sign_in_on_ones_own_session_never_exceeds_the_cap(store: Store) {
    for policy in ["refuse", "evict"] {
        let bench = store.start(&["--cap", "2", "--cap-policy", policy]);
        let mut one = bench.signed_in("alice");
        let two = bench.signed_in("alice");
        for _ in 0..3 {
            one.ask(Request::login("alice", &password_of("alice")));
        }
        assert!(bench.rows() <= 2, "{policy}");
        let live = [one.jar(), two.jar()].into_iter().flatten().filter(|token| bench.is_live(token)).count();
        assert!(live >= 1, "{policy}");
    }
}

fn behaviour_07_two_nodes_keep_one_cap(store: Store) {
    for flags in [REFUSE, EVICT] {
        let site = Site::new(store);
        let (one, two) = (site.start(&flags), site.start(&flags));
        let login = Request::login("alice", &password_of("alice"));
        let flights: Vec<Flight> =
            (0..40).map(|turn| if turn % 2 == 0 { &one } else { &two }.launch(login.clone())).collect();
        let answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
        assert_eq!(live_among(&one, &answers), CAP, "{flags:?}");
        assert_eq!(live_among(&two, &answers), CAP, "{flags:?}");
        assert_eq!(one.rows(), 5, "{flags:?}");
    }
}
