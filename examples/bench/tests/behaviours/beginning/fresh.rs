//! Line 12, line 14, ROT-01 and ROT-04: a sign-in makes a session of its own, and nothing old leaks into it.

use crate::harness::{
    Account, Answer, Bench, Flight, Request, Store, Visitor, on_each_store, on_memcached, on_sealed,
    password_of,
};

on_each_store!(
    behaviour_12_a_first_sign_in_from_nothing_makes_one_session,
    behaviour_12_a_repeated_sign_in_gives_a_new_id_and_secret,
    behaviour_12_a_sign_in_as_another_user_carries_no_data_across,
    behaviour_12_a_sign_in_on_a_dead_users_session_starts_from_nothing,
    behaviour_12_a_sign_in_from_a_planted_anonymous_session_kills_it_and_keeps_marked_slots_only,
    behaviour_12_two_parallel_sign_ins_with_one_anonymous_cookie_both_succeed_apart,
    behaviour_12_requests_in_flight_on_the_old_session_hand_nothing_to_the_new_one,
    behaviour_14_a_late_anonymous_response_never_overwrites_a_fresh_sign_in,
    behaviour_14_a_request_that_arrives_after_the_sign_in_begins_no_visitors_session,
    rot_01_sign_in_issues_a_new_id_and_kills_the_one_before,
    rot_04_cookies_forced_on_a_victim_sign_nobody_in,
);
on_memcached!(
    rot_01_sign_in_issues_a_new_id_and_kills_the_one_before,
    rot_04_cookies_forced_on_a_victim_sign_nobody_in
);
on_sealed!(
    behaviour_12_a_repeated_sign_in_gives_a_new_id_and_secret,
    behaviour_12_a_sign_in_as_another_user_carries_no_data_across,
    behaviour_12_a_sign_in_on_a_dead_users_session_starts_from_nothing,
    behaviour_12_a_sign_in_from_a_planted_anonymous_session_kills_it_and_keeps_marked_slots_only,
    behaviour_12_requests_in_flight_on_the_old_session_hand_nothing_to_the_new_one,
    behaviour_14_a_late_anonymous_response_never_overwrites_a_fresh_sign_in,
    behaviour_14_a_request_that_arrives_after_the_sign_in_begins_no_visitors_session,
    rot_01_sign_in_issues_a_new_id_and_kills_the_one_before,
    rot_04_cookies_forced_on_a_victim_sign_nobody_in,
);

fn behaviour_12_a_first_sign_in_from_nothing_makes_one_session(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let id = alice.sign_in("alice");
    assert!(id.len() == 32 && id.bytes().all(|octet| octet.is_ascii_hexdigit()), "{id}");
    assert_eq!(alice.user().as_deref(), Some("alice"));
    assert_eq!(alice.session_id(), id);
    assert_eq!(bench.rows(), 1);
    let events = bench.events();
    let told = events.iter().filter(|event| event.name == "signed_in").collect::<Vec<_>>();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].session_id.as_ref(), told[0].subject.as_deref()), (Some(&id), Some("alice")));
}

fn behaviour_12_a_repeated_sign_in_gives_a_new_id_and_secret(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.visitor();
    let old_id = alice.sign_in("alice");
    let old = alice.token();
    fill_slots(&mut alice);

    let id = alice.sign_in("alice");
    assert_fresh(&bench, &old, &alice.token());
    assert_ne!(id, old_id);
    assert_eq!(bench.rows(), 1);
    // The same subject: what is marked to be kept crosses, and only that.
    assert_slots(&mut alice, None, None, Some("cart"));
}

fn behaviour_12_a_sign_in_as_another_user_carries_no_data_across(store: Store) {
    let bench = store.start(&[]);
    let mut browser = bench.visitor();
    let alices_id = browser.sign_in("alice");
    let alices = browser.token();
    fill_slots(&mut browser);
    browser.post("/incr").expect(200);

    let bobs_id = browser.sign_in("bob");
    assert_ne!(bobs_id, alices_id);
    assert_fresh(&bench, &alices, &browser.token());
    assert_eq!(browser.user().as_deref(), Some("bob"));
    assert_slots(&mut browser, None, None, None);
    assert_eq!(browser.count(), 0);
    assert_eq!(bench.rows(), 1);
}

/// Signed out, expired, revoked: the cookie of each is presented at the sign-in of somebody else.
fn behaviour_12_a_sign_in_on_a_dead_users_session_starts_from_nothing(store: Store) {
    let ends: [fn(&Bench, &mut Visitor<'_>); 3] = [
        |_, alice| {
            alice.sign_out();
        },
        |bench, _| {
            bench.advance_ms(60_000);
        },
        |bench, _| bench.account("alice", Account::Revoke),
    ];
    let bench = store.start(&["--idle-ms", "60000", "--touch-ms", "0"]);
    for end in ends {
        let mut alice = bench.signed_in("alice");
        fill_slots(&mut alice);
        let dead = alice.token();
        end(&bench, &mut alice);
        let mut browser = Visitor::with_token(&bench, &dead);
        browser.sign_in("bob");
        assert_fresh(&bench, &dead, &browser.token());
        assert_slots(&mut browser, None, None, None);
        browser.sign_out();
    }
}

fn behaviour_12_a_sign_in_from_a_planted_anonymous_session_kills_it_and_keeps_marked_slots_only(
    store: Store,
) {
    let bench = store.start(&[]);
    let mut attacker = bench.visitor();
    fill_slots(&mut attacker);
    let planted = attacker.token();

    let mut victim = Visitor::with_token(&bench, &planted);
    victim.sign_in("alice");
    assert_fresh(&bench, &planted, &victim.token());
    assert_slots(&mut victim, None, None, Some("cart"));
    assert_eq!(bench.rows(), 1);
    // The attacker's copy is worth nothing, as a member and as a guest.
    assert_eq!(bench.ask(&Request::get("/peek").token(&planted)).json_text("presented"), "unknown");
    assert_eq!(attacker.slot("cart"), None);
}

fn behaviour_12_two_parallel_sign_ins_with_one_anonymous_cookie_both_succeed_apart(store: Store) {
    let bench = store.start(&[]);
    for _ in 0..10 {
        let mut guest = bench.visitor();
        guest.set_slot("cart", "pear");
        let planted = guest.token();
        let held = bench.hold([("sign_in", Some(planted.as_str())), ("sign_in", Some(planted.as_str()))]);
        let tokens: Vec<String> = held.release().iter().map(expect_signed_in).collect();
        assert_ne!(tokens[0], tokens[1]);
        bench.assert_dead(&planted);
        let mut carts: Vec<Option<String>> =
            tokens.iter().map(|token| Visitor::with_token(&bench, token).slot("cart")).collect();
        carts.sort();
        // The second finds its session replaced, and signs in as from nothing.
        assert_eq!(carts, [None, Some("pear".to_owned())]);
        assert_eq!(bench.rows(), 2);
        bench.account("alice", Account::Revoke);
    }
    // The same through the sign-in form, without a gate.
    let mut guest = bench.visitor();
    guest.set_slot("cart", "plum");
    let login = Request::login("alice", &password_of("alice"));
    let flights: Vec<Flight> = (0..10).map(|_| guest.launch(login.clone())).collect();
    let answers: Vec<Answer> = flights.into_iter().map(Flight::land).collect();
    let carts = answers.iter().filter(|answer| {
        let mut visitor = Visitor::with_token(&bench, &answer.expect(200).expect_new_token());
        visitor.slot("cart").is_some()
    });
    assert_eq!(carts.count(), 1, "the cart crosses once");
    assert_eq!(bench.rows(), 10);
}

fn behaviour_12_requests_in_flight_on_the_old_session_hand_nothing_to_the_new_one(store: Store) {
    let bench = store.start(&[]);
    let mut browser = bench.signed_in("alice");
    let old = browser.token();
    let held = bench.hold(["write", "incr", "renew"].map(|then| (then, Some(old.as_str()))));
    browser.sign_in("bob");
    for answer in held.release() {
        answer.expect_no_cookie();
        assert_eq!(answer.outcome(), "gone");
    }
    assert_eq!(browser.user().as_deref(), Some("bob"));
    assert_slots(&mut browser, None, None, None);
    assert_eq!(browser.count(), 0);
    assert_eq!(bench.rows(), 1);
}

/// The guest's request had read its session before the sign-in; its answer comes after.
fn behaviour_14_a_late_anonymous_response_never_overwrites_a_fresh_sign_in(store: Store) {
    for then in ["read", "write", "incr", "renew"] {
        let bench = store.start(&["--touch-ms", "0"]);
        let mut browser = bench.visitor();
        browser.set_slot("b", "guest");
        let guests = browser.token();
        let held = bench.hold([(then, Some(guests.as_str()))]);
        browser.sign_in("alice");
        let signed_in = browser.token();
        let late = held.release().remove(0);
        late.expect(200).expect_no_cookie();
        browser.obey(&late);
        assert_eq!(browser.token(), signed_in);
        assert_eq!(browser.user().as_deref(), Some("alice"), "after a late {then}");
        assert_eq!(bench.rows(), 1, "a late {then} left a row");
        bench.assert_dead(&guests);
    }
}

/// Sent before the sign-in with the visitor's token, and read by the server only after it.
fn behaviour_14_a_request_that_arrives_after_the_sign_in_begins_no_visitors_session(store: Store) {
    let bench = store.start(&[]);
    let mut browser = bench.visitor();
    browser.set_slot("b", "guest");
    let guests = browser.token();
    browser.sign_in("alice");
    for request in [Request::put("/slot/a?value=late"), Request::post("/incr")] {
        bench.ask(&request.token(&guests)).expect_no_cookie();
    }
    assert_eq!(bench.rows(), 1);
    assert_eq!(browser.user().as_deref(), Some("alice"));
    // Much later it is a visitor's old cookie like any other.
    bench.advance_ms(121_000);
    bench.ask(&Request::put("/slot/a?value=new").token(&guests)).expect(200).expect_new_token();
}

fn rot_01_sign_in_issues_a_new_id_and_kills_the_one_before(store: Store) {
    let bench = store.start(&[]);
    let mut browser = bench.visitor();
    browser.set_slot("cart", "apple");
    let before = browser.token();
    browser.sign_in("alice");
    assert_fresh(&bench, &before, &browser.token());
    assert_eq!(browser.slot("cart").as_deref(), Some("apple"));
}

/// WSTG-SESS-03, forced cookies: whatever a browser held before a sign-in is replayed after it, alone.
fn rot_04_cookies_forced_on_a_victim_sign_nobody_in(store: Store) {
    let bench = store.start(&[]);
    let mut victim = bench.visitor();
    victim.set_slot("cart", "apple");
    let before = victim.token();
    let login = victim.ask(Request::login("alice", &password_of("alice")));
    assert!(login.expect(200).set_cookies().iter().all(|cookie| cookie.name.starts_with("__Host-")));
    let after = victim.token();
    // Alone it is nobody; beside bob's session it does not lead to alice's.
    bench.assert_dead(&before);
    let bob = bench.signed_in("bob").token();
    for pair in [[&before, &bob], [&bob, &before]] {
        let cookies = format!("__Host-sid={}; __Host-sid={}", pair[0], pair[1]);
        let answer = bench.ask(&Request::get("/me").cookie(cookies));
        assert_eq!(answer.expect(200).json_text("user"), "bob");
    }
    bench.assert_live(&after);
}

fn fill_slots(visitor: &mut Visitor<'_>) {
    for name in ["a", "b", "cart"] {
        visitor.set_slot(name, name);
    }
}

#[track_caller]
fn assert_slots(visitor: &mut Visitor<'_>, a: Option<&str>, b: Option<&str>, cart: Option<&str>) {
    let slots = ["a", "b", "cart"].map(|name| visitor.slot(name));
    assert_eq!(slots.each_ref().map(Option::as_deref), [a, b, cart]);
}

/// New ID, new secret, and the old token is dead at once.
#[track_caller]
fn assert_fresh(bench: &Bench, old: &str, new: &str) {
    assert_ne!(old, new);
    assert_ne!(old[..21], new[..21], "the ID is new");
    assert_ne!(old[22..], new[22..], "the secret is new");
    bench.assert_dead(old);
    bench.assert_live(new);
}

#[track_caller]
fn expect_signed_in(answer: &Answer) -> String {
    assert_eq!(answer.outcome(), "ok");
    answer.expect_new_token()
}
