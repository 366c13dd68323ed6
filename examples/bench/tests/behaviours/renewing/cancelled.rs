//! Line 21: clients that go away in the middle.

use crate::harness::{Bench, Request, Store, StoreMode, Visitor, on_each_store, password_of};

on_each_store!(
    behaviour_21_a_request_cancelled_at_its_gate_leaks_nothing,
    behaviour_21_a_request_cancelled_while_the_store_hangs_leaks_nothing,
    behaviour_21_requests_cancelled_right_after_they_were_sent_leak_nothing,
    behaviour_21_a_request_cut_off_in_its_head_or_body_leaks_nothing,
);

const DEEDS: [&str; 6] = ["read", "write", "incr", "renew", "sign_in", "sign_out"];

/// What a visitor with a signed-in session could send and leave.
fn requests() -> Vec<Request> {
    let password = password_of("alice");
    vec![
        Request::get("/me"),
        Request::put("/slot/a?value=x"),
        Request::post("/incr"),
        Request::post("/renew"),
        Request::post("/reauth").form(&[("password", &password)]),
        Request::login("alice", &password),
        Request::post("/elevate"),
        Request::post("/logout"),
        Request::post("/logout_others"),
        Request::post("/twice?case=in_out_in"),
        Request::post("/end?how=stream&do=renew"),
    ]
}

/// Sign-out works, sign-in works, and afterwards nothing is left; but that a sign-in whose client has gone
/// may come to its end after all of this, with a token that nobody ever sees.
#[track_caller]
fn assert_in_order(bench: &Bench, token: &str, when: &str) {
    let signs_in = when == "sign_in" || when == "/login" || when.starts_with("/twice");
    let mut visitor = Visitor::with_token(bench, token);
    let logout = visitor.post("/logout");
    assert_eq!(logout.status, 204, "{when}: sign-out");
    bench.assert_dead(token);
    visitor.sign_in("alice");
    assert_eq!(visitor.user().as_deref(), Some("alice"), "{when}: sign-in");
    visitor.post("/logout_all").expect(204);
    assert!(bench.rows() <= i64::from(signs_in), "{when}: a row was left");
    bench.revoke_everyone();
}

fn behaviour_21_a_request_cancelled_at_its_gate_leaks_nothing(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    for then in DEEDS {
        let token = bench.signed_in("alice").token();
        let gate = bench.fresh_gate();
        let request = Request::slow(&gate, then).token(&token);
        let flight = bench.launch(request);
        bench.wait_at(&gate, 1);
        flight.abandon();
        bench.open(&gate);
        assert_in_order(&bench, &token, then);
    }
}

fn behaviour_21_a_request_cancelled_while_the_store_hangs_leaks_nothing(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "1000"]);
    for request in requests() {
        let target = request.target().to_owned();
        let alice = bench.signed_in("alice");
        bench.set_store(StoreMode::Hang);
        let flight = alice.launch(request);
        flight.abandon();
        bench.set_store(StoreMode::Ok);
        assert_in_order(&bench, &alice.token(), &target);
    }
}

fn behaviour_21_requests_cancelled_right_after_they_were_sent_leak_nothing(store: Store) {
    let bench = store.start(&["--touch-ms", "0"]);
    // A revocation of the subject that is still under way would overtake the sign-ins of the next round, and rightly.
    for request in requests().into_iter().filter(|request| request.target() != "/logout_others") {
        let target = request.target().to_owned();
        for _ in 0..5 {
            let alice = bench.signed_in("alice");
            for _ in 0..5 {
                alice.launch(request.clone()).abandon();
            }
            // Some may still be under way; a sign-in of theirs is ended with the rest of the subject.
            let mut visitor = Visitor::with_token(&bench, &alice.token());
            visitor.post("/logout").expect(204);
            bench.assert_dead(&alice.token());
            bench.signed_in("alice").post("/logout_all").expect(204);
        }
        assert!(bench.get("/public").status == 200, "{target}");
    }
    assert_eq!(bench.signed_in("bob").listed().len(), 1);
}

fn behaviour_21_a_request_cut_off_in_its_head_or_body_leaks_nothing(store: Store) {
    let bench = store.start(&[]);
    let token = bench.signed_in("alice").token();
    let rows = bench.rows();
    for request in requests() {
        let octets = request.clone().token(&token).octets("localhost");
        for part in 1..8 {
            let mut connection = bench.connect();
            let cut = octets.len() * part / 8;
            connection.send_octets(&octets[..cut.min(octets.len() - 1)]).expect("the program takes octets");
        }
    }
    bench.assert_live(&token);
    assert_eq!(bench.rows(), rows);
    assert_in_order(&bench, &token, "cut off");
}
