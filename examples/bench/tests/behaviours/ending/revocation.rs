//! Line 5, second half: revocations while the subject signs in; line 6.

use crate::harness::{Account, Answer, Bench, Flight, Request, Store, on_each_store, on_sealed, password_of};

on_each_store!(
    behaviour_05_no_sign_in_that_began_before_the_account_was_disabled_survives,
    behaviour_05_no_sign_in_with_the_old_password_survives_its_change,
    behaviour_05_sign_ins_around_a_revocation_of_the_subject_end_in_one_truth,
    behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_its_subject,
    behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_everyone,
    behaviour_05_a_sign_in_after_a_revocation_at_the_same_moment_is_good,
    behaviour_06_parallel_sign_ins_are_all_listed_and_revoke_others_leaves_one,
    behaviour_06_parallel_sign_ins_and_revoke_others_leave_no_session_out_of_the_list,
);
on_sealed!(
    behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_its_subject,
    behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_everyone,
    behaviour_05_a_sign_in_after_a_revocation_at_the_same_moment_is_good,
);

/// Sign-ins under way at once.
const PARALLEL: usize = 12;

fn launch_sign_ins(bench: &Bench, password: &str) -> Vec<Flight> {
    (0..PARALLEL).map(|_| bench.launch(Request::login("alice", password))).collect()
}

/// The tokens of those that succeeded. The others were refused, for their password or because a revocation had
/// overtaken them, and neither is a failure of the server.
#[track_caller]
fn landed(flights: Vec<Flight>) -> Vec<String> {
    let mut tokens = Vec::new();
    for answer in flights.into_iter().map(Flight::land) {
        if answer.status == 200 {
            tokens.push(answer.expect_new_token());
        } else {
            assert!((400..500).contains(&answer.status), "a sign-in -> {}", answer.status);
            answer.expect_no_cookie();
        }
    }
    tokens
}

/// Once disabled, no session of alice is good, whenever its sign-in began: after the answer none can.
fn behaviour_05_no_sign_in_that_began_before_the_account_was_disabled_survives(store: Store) {
    let bench = store.start(&[]);
    for _ in 0..10 {
        let flights = launch_sign_ins(&bench, &password_of("alice"));
        bench.account("alice", Account::Disable);
        for token in landed(flights) {
            bench.assert_dead(&token);
        }
        assert_eq!(bench.rows(), 0, "a session of a disabled account");
        let refused = bench.ask(&Request::login("alice", &password_of("alice")));
        refused.expect_error(401, "bad_credentials");
        bench.account("alice", Account::Enable);
    }
    bench.signed_in("alice");
}

fn behaviour_05_no_sign_in_with_the_old_password_survives_its_change(store: Store) {
    let bench = store.start(&[]);
    let mut password = password_of("alice");
    for round in 0..10 {
        let mut owner = bench.visitor();
        owner.ask(Request::login("alice", &password)).expect(200);
        let next = format!("phrase number {round}");
        let flights = launch_sign_ins(&bench, &password);
        owner.change_password(&password, &next).expect(204);
        for token in landed(flights) {
            bench.assert_dead(&token);
        }
        assert_eq!(owner.user().as_deref(), Some("alice"), "the session that changed it goes on");
        let id = owner.session_id();
        assert_eq!(owner.listed(), [id], "round {round}");
        owner.sign_out();
        password = next;
    }
}

/// Which sign-ins a revocation of the subject catches is a race, but what it left is what is listed, and
/// whoever had signed in before it is out.
fn behaviour_05_sign_ins_around_a_revocation_of_the_subject_end_in_one_truth(store: Store) {
    let bench = store.start(&[]);
    for _ in 0..10 {
        let early = bench.signed_in("alice").token();
        let flights = launch_sign_ins(&bench, &password_of("alice"));
        bench.account("alice", Account::Revoke);
        let tokens = landed(flights);
        bench.assert_dead(&early);
        let live = tokens.iter().filter(|token| bench.is_live(token)).count();
        let mut late = bench.signed_in("alice");
        assert_eq!(late.listed().len(), live + 1);
        late.post("/logout_all").expect(204);
        bench.assert_all_dead(&tokens);
        assert_eq!(bench.rows(), 0);
    }
}

fn behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_its_subject(store: Store) {
    sign_in_in_flight_is_overtaken(store, |bench| bench.account("alice", Account::Revoke));
}

fn behaviour_05_a_sign_in_in_flight_does_not_outlive_a_revocation_of_everyone(store: Store) {
    sign_in_in_flight_is_overtaken(store, Bench::revoke_everyone);
}

/// The request that signs in (an anonymous session's) has begun when the revocation comes, a second before
/// and a second after: whatever it reports, nothing that works as alice comes out of it.
#[track_caller]
fn sign_in_in_flight_is_overtaken(store: Store, revoke: impl Fn(&Bench)) {
    let bench = store.start(&[]);
    let mut guest = bench.visitor();
    guest.set_slot("a", "1");
    let planted = guest.token();
    let held = bench.hold([("sign_in", Some(planted.as_str()))]);
    bench.advance_ms(1_000);
    revoke(&bench);
    bench.advance_ms(1_000);
    let answer = held.release().remove(0);
    answer.expect(200);
    if let Some(token) = answer.new_token() {
        bench.assert_dead(&token);
    }
}

fn behaviour_05_a_sign_in_after_a_revocation_at_the_same_moment_is_good(store: Store) {
    let bench = store.start(&[]);
    let old = bench.signed_in("alice").token();
    bench.account("alice", Account::Revoke);
    let new = bench.signed_in("alice").token();
    bench.assert_dead(&old);
    bench.assert_live(&new);
    bench.revoke_everyone();
    bench.assert_dead(&new);
    bench.assert_live(&bench.signed_in("alice").token());
}

fn behaviour_06_parallel_sign_ins_are_all_listed_and_revoke_others_leaves_one(store: Store) {
    const COUNT: usize = 40;
    let bench = store.start(&[]);
    let flights: Vec<Flight> =
        (0..COUNT).map(|_| bench.launch(Request::login("alice", &password_of("alice")))).collect();
    let answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
    let mut ids: Vec<String> =
        answers.iter().map(|answer| answer.expect(200).json_text("session_id")).collect();
    ids.sort();
    let mut keeper = crate::harness::Visitor::with_token(&bench, &answers[7].expect_new_token());
    let mut listed = keeper.listed();
    listed.sort();
    assert_eq!(listed, ids, "the list is exactly the sessions that were made");

    keeper.post("/logout_others").expect(204).expect_no_cookie();
    for (index, answer) in answers.iter().enumerate() {
        assert_eq!(bench.is_live(&answer.expect_new_token()), index == 7, "sign-in {index}");
    }
    let id = keeper.session_id();
    assert_eq!(keeper.listed(), [id]);
    assert_eq!(bench.rows(), 1);
}

/// The index and the rows never part: each session that works is listed, each that is listed works.
fn behaviour_06_parallel_sign_ins_and_revoke_others_leave_no_session_out_of_the_list(store: Store) {
    let bench = store.start(&[]);
    let mut keeper = bench.signed_in("alice");
    for _ in 0..10 {
        let flights = launch_sign_ins(&bench, &password_of("alice"));
        let sweep = keeper.launch(Request::post("/logout_others"));
        let tokens = landed(flights);
        sweep.land().expect(204);
        let live = tokens.iter().filter(|token| bench.is_live(token)).count();
        assert_eq!(keeper.listed().len(), live + 1);
        keeper.post("/logout_others").expect(204);
        assert_eq!(bench.rows(), 1);
        bench.assert_all_dead(&tokens);
    }
}
