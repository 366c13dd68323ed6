//! Lines 1 to 5, 8, 10 and 12 on sealed sessions: a value that was ended is refused, whoever kept a copy of it.

use crate::harness::{
    Account, Bench, Request, Site, Store, StoreMode, Visitor, on_each_shared_store, on_every_store,
    password_of,
};

on_every_store!(
    behaviour_10_a_replayed_value_is_refused_after_sign_out,
    behaviour_01_sign_out_beats_everything_in_flight,
    behaviour_05_a_bulk_revocation_beats_everything_in_flight,
    rev_07_values_that_were_never_seen_again_end_with_everyones,
    behaviour_05_no_sign_in_that_began_before_a_revocation_survives_it,
    rot_01_a_sign_in_ends_the_visitors_value_and_keeps_the_marked_slots,
    rot_02_a_new_proof_ends_the_values_before_it,
    of_two_new_proofs_at_once_one_wins,
    rev_05_a_password_change_ends_all_other_sessions,
    behaviour_08_a_sign_out_while_the_store_is_down_is_made_up_for,
    behaviour_38_a_store_that_is_down_is_no_sign_out,
);
on_each_shared_store!(behaviour_10_an_ended_value_is_refused_on_every_node_and_after_a_restart);

/// With this every read sends the cookie again.
const EAGER: [&str; 3] = ["--sealed", "--touch-ms", "0"];
const RACES: [&str; 5] = ["write", "incr", "renew", "sign_in", "read"];

fn behaviour_10_a_replayed_value_is_refused_after_sign_out(store: Store) {
    let bench = store.start(&["--sealed"]);
    let mut alice = bench.signed_in("alice");
    let first = alice.token();
    alice.set_slot("a", "1");
    let second = alice.token();
    assert_ne!(first, second);
    alice.sign_out();
    for _ in 0..20 {
        bench.assert_all_dead(&[first.clone(), second.clone()]);
    }
    assert_eq!(Visitor::with_token(&bench, &second).get("/peek").json_text("presented"), "unknown");
}

fn behaviour_10_an_ended_value_is_refused_on_every_node_and_after_a_restart(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&["--sealed"]), site.start(&["--sealed"]));
    let mut alice = one.signed_in("alice");
    let (mut everywhere, kept) = (one.signed_in("alice"), one.signed_in("bob").token());
    let (ended, ended_too) = (alice.token(), everywhere.token());
    two.assert_all_live(&[ended.clone(), ended_too.clone(), kept.clone()]);
    alice.sign_out();
    two.assert_dead(&ended);
    two.assert_live(&ended_too);
    everywhere.post("/logout_all").expect(204).expect_removal();
    two.assert_dead(&ended_too);
    one.kill();
    two.kill();
    let again = site.start(&["--sealed"]);
    again.assert_all_dead(&[ended, ended_too]);
    again.assert_live(&kept);
}

fn behaviour_01_sign_out_beats_everything_in_flight(store: Store) {
    let bench = store.start(&EAGER);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let held = bench.hold(RACES.map(|then| (then, Some(old.as_str()))));
    alice.sign_out();
    lost(&bench, held.release());
    bench.assert_dead(&old);
}

fn behaviour_05_a_bulk_revocation_beats_everything_in_flight(store: Store) {
    let bench = store.start(&EAGER);
    let deeds: [fn(&Bench); 4] = [
        |bench| bench.account("alice", Account::Revoke),
        |bench| bench.account("alice", Account::Disable),
        Bench::revoke_everyone,
        |bench| {
            bench.signed_in("alice").post("/logout_others").expect(204);
        },
    ];
    for deed in deeds {
        bench.account("alice", Account::Enable);
        let old = bench.signed_in("alice").token();
        let held = bench.hold(RACES.map(|then| (then, Some(old.as_str()))));
        deed(&bench);
        lost(&bench, held.release());
        bench.assert_dead(&old);
    }
}

/// None of these answers carries a cookie, and none says that it wrote.
#[track_caller]
fn lost(bench: &Bench, answers: Vec<crate::harness::Answer>) {
    for (then, answer) in RACES.iter().zip(answers) {
        answer.expect(200);
        if let Some(token) = answer.new_token() {
            panic!("{then}: a cookie, live: {}", bench.is_live(&token));
        }
        let outcome = answer.outcome();
        assert!(outcome == "gone" || *then == "read" && outcome == "ok", "{then}: {outcome}");
    }
}

fn rev_07_values_that_were_never_seen_again_end_with_everyones(store: Store) {
    let bench = store.start(&["--sealed"]);
    let of = |user: &str| -> Vec<String> { (0..3).map(|_| bench.signed_in(user).token()).collect() };
    let (alices, bobs) = (of("alice"), of("bob"));
    bench.account("alice", Account::Revoke);
    bench.assert_all_dead(&alices);
    bench.assert_all_live(&bobs);
    let again = of("alice");
    bench.assert_all_live(&again);
    bench.revoke_everyone();
    bench.assert_all_dead(&again);
    bench.assert_all_dead(&bobs);
    bench.assert_all_live(&of("bob"));
}

fn behaviour_05_no_sign_in_that_began_before_a_revocation_survives_it(store: Store) {
    let bench = store.start(&["--sealed"]);
    let flights: Vec<_> =
        (0..20).map(|_| bench.launch(Request::login("alice", &password_of("alice")))).collect();
    bench.account("alice", Account::Disable);
    let tokens: Vec<_> = flights.into_iter().filter_map(|flight| flight.land().new_token()).collect();
    bench.assert_all_dead(&tokens);
}

fn rot_01_a_sign_in_ends_the_visitors_value_and_keeps_the_marked_slots(store: Store) {
    let bench = store.start(&["--sealed"]);
    let mut visitor = bench.visitor();
    visitor.set_slot("cart", "apples");
    visitor.set_slot("a", "gone");
    let planted = visitor.token();
    visitor.sign_in("alice");
    assert_eq!(visitor.slot("cart").as_deref(), Some("apples"));
    assert_eq!(visitor.slot("a"), None);
    let mut attacker = Visitor::with_token(&bench, &planted);
    assert_eq!(attacker.user(), None);
    assert_eq!(attacker.slot("cart"), None);
    let alices = visitor.token();
    visitor.sign_in("bob");
    assert_eq!(visitor.slot("cart"), None, "alice's cart is not bob's");
    bench.assert_dead(&alices);
}

fn rot_02_a_new_proof_ends_the_values_before_it(store: Store) {
    let bench = store.start(&EAGER);
    let mut alice = bench.signed_in("alice");
    let old = alice.token();
    let held = bench.hold(RACES.map(|then| (then, Some(old.as_str()))));
    alice.reauthenticate("alice").expect_new_token();
    lost(&bench, held.release());
    bench.assert_dead(&old);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    let reproved = alice.token();
    alice.post("/elevate").expect(204).expect_new_token();
    bench.assert_dead(&reproved);
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

fn of_two_new_proofs_at_once_one_wins(store: Store) {
    let bench = store.start(&["--sealed"]);
    let alice = bench.signed_in("alice");
    let proof = || Request::post("/reauth").form(&[("password", &password_of("alice"))]);
    let flights: Vec<_> = (0..10).map(|_| alice.launch(proof())).collect();
    let tokens: Vec<_> = flights.into_iter().filter_map(|flight| flight.land().new_token()).collect();
    assert_eq!(tokens.len(), 1);
    bench.assert_live(&tokens[0]);
    bench.assert_dead(&alice.token());
}

fn rev_05_a_password_change_ends_all_other_sessions(store: Store) {
    let bench = store.start(&["--sealed"]);
    let mut alice = bench.signed_in("alice");
    let before = alice.token();
    let others: Vec<_> = (0..3).map(|_| bench.signed_in("alice").token()).collect();
    alice.change_password(&password_of("alice"), "another phrase").expect(204).expect_new_token();
    bench.assert_all_dead(&others);
    bench.assert_dead(&before);
    assert_eq!(alice.user().as_deref(), Some("alice"));
    alice.post("/logout_all").expect(204).expect_removal();
}

fn behaviour_08_a_sign_out_while_the_store_is_down_is_made_up_for(store: Store) {
    let bench = store.start(&["--sealed"]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    bench.set_store(StoreMode::Down);
    alice.post("/logout").expect(503).expect_removal();
    bench.set_store(StoreMode::Ok);
    bench.assert_dead(&token);
    assert_eq!(bench.count_events("signed_out"), 1);
}

fn behaviour_38_a_store_that_is_down_is_no_sign_out(store: Store) {
    let bench = store.start(&["--sealed"]);
    let mut alice = bench.signed_in("alice");
    bench.set_store(StoreMode::Down);
    alice.get("/me").expect(503).expect_no_cookie();
    alice.get("/public").expect(200).expect_no_cookie();
    bench.visitor().ask(Request::login("alice", &password_of("alice"))).expect(503).expect_no_cookie();
    bench.set_store(StoreMode::Ok);
    assert_eq!(alice.user().as_deref(), Some("alice"));
}
