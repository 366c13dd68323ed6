//! Line 18: the head of an answer leaves after the commit, and never promises what was not saved.

use std::time::Duration;

use crate::harness::{
    Flight, Request, Store, StoreMode, Visitor, on_each_store, on_memcached, on_sealed, password_of,
};

on_each_store!(
    behaviour_18_a_token_works_as_soon_as_the_head_is_there_however_the_handler_ends,
    behaviour_18_a_written_slot_is_there_as_soon_as_the_head_is,
    behaviour_18_no_octet_of_an_answer_leaves_before_the_commit,
    behaviour_18_a_sign_in_whose_save_failed_sets_no_cookie,
);
on_memcached!(
    behaviour_18_a_written_slot_is_there_as_soon_as_the_head_is,
    behaviour_18_no_octet_of_an_answer_leaves_before_the_commit,
    behaviour_18_a_sign_in_whose_save_failed_sets_no_cookie
);
on_sealed!(
    behaviour_18_a_token_works_as_soon_as_the_head_is_there_however_the_handler_ends,
    behaviour_18_no_octet_of_an_answer_leaves_before_the_commit,
    behaviour_18_a_sign_in_whose_save_failed_sets_no_cookie,
);

/// Ends of a handler of which the answer's head reaches the client.
const ENDS: [(&str, u16); 7] =
    [("200", 200), ("204", 204), ("303", 303), ("404", 404), ("500", 500), ("stream", 200), ("head", 200)];

fn end_request(how: &str, deed: &str) -> Request {
    let method = if how == "head" { "HEAD" } else { "POST" };
    Request::new(method, format!("/end?how={how}&do={deed}"))
}

/// The body is not read: a browser follows a redirect without it.
fn behaviour_18_a_token_works_as_soon_as_the_head_is_there_however_the_handler_ends(store: Store) {
    let bench = store.start(&[]);
    for (how, status) in ENDS {
        let mut flight = bench.launch(end_request(how, "login"));
        let head = flight.head();
        assert_eq!(head.status, status, "{how}");
        if let Some(token) = head.new_token() {
            let user = Visitor::with_token(&bench, &token).user();
            assert_eq!(user.as_deref(), Some("alice"), "{how}: the token is good at once");
        } else {
            assert!(status >= 400, "{how}: a sign-in in an answer that succeeds sets the cookie");
        }
        bench.revoke_everyone();
    }
}

fn behaviour_18_a_written_slot_is_there_as_soon_as_the_head_is(store: Store) {
    let bench = store.start(&[]);
    for (how, status) in ENDS.into_iter().filter(|(_, status)| *status < 400) {
        let mut alice = bench.signed_in("alice");
        let mut flight = alice.launch(end_request(how, "write"));
        let head = flight.head();
        assert_eq!(head.status, status, "{how}");
        head.expect_no_cookie();
        assert!(alice.slot("a").is_some(), "{how}: the slot was not written when the head came");
    }
}

/// A store that does not answer holds the head back, on a plain answer and on a redirect.
fn behaviour_18_no_octet_of_an_answer_leaves_before_the_commit(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "1000"]);
    let requests = [
        Request::login("alice", &password_of("alice")),
        end_request("303", "login"),
        end_request("200", "login"),
        end_request("stream", "login"),
    ];
    bench.set_store(StoreMode::Hang);
    let mut flights: Vec<Flight> = requests.iter().map(|request| bench.launch(request.clone())).collect();
    for (request, flight) in requests.iter().zip(&mut flights) {
        let early = flight.hears_something(Duration::from_millis(50));
        assert!(!early, "{} answered before the commit", request.target());
    }
    bench.set_store(StoreMode::Ok);
    for (request, flight) in requests.iter().zip(flights) {
        let answer = flight.land();
        match answer.new_token() {
            Some(token) => bench.assert_live(&token),
            None => assert!(answer.status >= 400, "{} -> {}", request.target(), answer.status),
        }
    }
}

fn behaviour_18_a_sign_in_whose_save_failed_sets_no_cookie(store: Store) {
    let bench = store.start(&["--store-timeout-ms", "250"]);
    let mut alice = bench.signed_in("alice");
    let token = alice.token();
    for mode in [StoreMode::Down, StoreMode::Hang] {
        bench.set_store(mode);
        for mut visitor in [bench.visitor(), alice.clone()] {
            visitor.ask(Request::login("alice", &password_of("alice"))).expect(503).expect_no_cookie();
            for (how, _) in ENDS {
                visitor.ask(end_request(how, "login")).expect_no_cookie();
            }
            for case in ["login_renew", "in_out_in"] {
                visitor.post(&format!("/twice?case={case}")).expect_no_cookie();
            }
        }
        bench.set_store(StoreMode::Ok);
    }
    assert_eq!(alice.token(), token);
    assert_eq!(alice.user().as_deref(), Some("alice"), "the old session is as it was");
    assert_eq!(bench.count_events("signed_in"), 1, "no sign-in is reported that was not saved");
}
