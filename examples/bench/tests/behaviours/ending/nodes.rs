//! Line 9 and REV-01 with a second node: two processes on one `SQLite` file.

use super::deed::Deed;
use crate::harness::{Account, Request, Site, Store, Visitor, on_each_shared_store};

on_each_shared_store!(
    behaviour_09_what_one_node_ends_the_other_refuses_at_once,
    behaviour_09_an_end_on_one_node_beats_everything_in_flight_on_the_other,
    behaviour_09_a_sign_in_on_one_node_is_good_on_the_other_at_once,
    behaviour_09_increments_on_two_nodes_are_all_counted,
    behaviour_09_a_revocation_on_one_node_overtakes_a_sign_in_in_flight_on_the_other,
    behaviour_09_requests_on_two_nodes_when_a_renewal_is_due_converge_on_one_token,
    rev_01_a_replayed_cookie_is_dead_at_once_on_every_node,
);

/// Deeds of which the store tells the other node; an account is disabled in one process only.
const TOLD_BY_THE_STORE: [Deed; 6] = [
    Deed::SignOut,
    Deed::Revoke,
    Deed::LogoutOthers,
    Deed::LogoutAll,
    Deed::RevokeSubject,
    Deed::RevokeEveryone,
];

fn behaviour_09_what_one_node_ends_the_other_refuses_at_once(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&[]));
    for deed in TOLD_BY_THE_STORE {
        let mut victim = one.visitor();
        let id = victim.sign_in("alice");
        let mut other = one.signed_in("alice");
        let (token, other_token) = (victim.token(), other.token());
        two.assert_live(&token);
        two.assert_live(&other_token);
        deed.strike(&one, &mut victim, &id, &mut other);
        two.assert_dead(&token);
        assert_eq!(two.is_live(&other_token), deed.spares_the_other(), "{deed:?}");
        one.revoke_everyone();
    }
}

fn behaviour_09_an_end_on_one_node_beats_everything_in_flight_on_the_other(store: Store) {
    let site = Site::new(store);
    let flags = ["--touch-ms", "0"];
    let (one, two) = (site.start(&flags), site.start(&flags));
    for deed in TOLD_BY_THE_STORE {
        let mut victim = one.visitor();
        let id = victim.sign_in("alice");
        let mut other = one.signed_in("alice");
        let token = victim.token();
        let races = ["write", "incr", "renew", "sign_in", "read"];
        let held = two.hold(races.map(|then| (then, Some(token.as_str()))));
        deed.strike(&one, &mut victim, &id, &mut other);
        for (then, answer) in races.iter().zip(held.release()) {
            answer.expect(200).expect_no_cookie();
            let outcome = answer.outcome();
            assert!(outcome == "gone" || (*then == "read" && outcome == "ok"), "{deed:?}, {then}: {outcome}");
        }
        one.assert_dead(&token);
        two.assert_dead(&token);
        assert_eq!(one.rows(), i64::from(deed.spares_the_other()), "{deed:?}");
        one.revoke_everyone();
    }
}

fn behaviour_09_a_sign_in_on_one_node_is_good_on_the_other_at_once(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&[]));
    for _ in 0..10 {
        let mut alice = one.visitor();
        let id = alice.sign_in("alice");
        let mut there = Visitor::with_token(&two, &alice.token());
        assert_eq!(there.session_id(), id);
        there.set_slot("a", "there");
        assert_eq!(alice.slot("a").as_deref(), Some("there"), "what one node wrote the other reads");
        there.sign_out();
        assert_eq!(alice.user(), None);
    }
}

fn behaviour_09_increments_on_two_nodes_are_all_counted(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&[]));
    let mut alice = one.signed_in("alice");
    let token = alice.token();
    let flights: Vec<_> = (0..60)
        .map(|turn| if turn % 2 == 0 { &one } else { &two })
        .map(|node| node.launch(Request::post("/incr").token(&token)))
        .collect();
    for flight in flights {
        flight.land().expect(200);
    }
    assert_eq!(alice.count(), 60);
}

fn rev_01_a_replayed_cookie_is_dead_at_once_on_every_node(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&[]));
    let mut alice = one.signed_in("alice");
    let copy = alice.token();
    let request = Request::get("/me").token(&copy);
    let mut connections = [one.connect(), one.connect(), two.connect()];
    for connection in &mut connections {
        connection.ask(&request).expect(200);
    }
    alice.sign_out();
    for _ in 0..20 {
        for connection in &mut connections {
            connection.ask(&request).expect_error(401, "session_required").expect_no_cookie();
        }
    }
}

fn behaviour_09_a_revocation_on_one_node_overtakes_a_sign_in_in_flight_on_the_other(store: Store) {
    let site = Site::new(store);
    let (one, two) = (site.start(&[]), site.start(&[]));
    for everyone in [false, true] {
        let held = two.hold([("sign_in", None)]);
        one.advance_ms(1_000);
        two.advance_ms(1_000);
        if everyone {
            one.revoke_everyone();
        } else {
            one.account("alice", Account::Revoke);
        }
        one.advance_ms(1_000);
        two.advance_ms(1_000);
        if let Some(token) = held.release()[0].expect(200).new_token() {
            one.assert_dead(&token);
            two.assert_dead(&token);
        }
        assert_eq!(one.rows(), 0);
    }
}

fn behaviour_09_requests_on_two_nodes_when_a_renewal_is_due_converge_on_one_token(store: Store) {
    let site = Site::new(store);
    let flags = ["--renew-ms", "10000", "--grace-ms", "60000"];
    let (one, two) = (site.start(&flags), site.start(&flags));
    let old = one.signed_in("alice").token();
    one.advance_ms(20_000);
    two.advance_ms(20_000);
    let request = Request::get("/me").token(&old);
    let flights: Vec<_> =
        (0..50).map(|turn| if turn % 2 == 0 { &one } else { &two }.launch(request.clone())).collect();
    let tokens: Vec<String> =
        flights.into_iter().filter_map(|flight| flight.land().expect(200).new_token()).collect();
    assert_eq!(tokens.len(), 1, "one of fifty is given the one new token");
    two.assert_live(&tokens[0]);
    one.assert_live(&tokens[0]);
    one.assert_live(&old);
}
