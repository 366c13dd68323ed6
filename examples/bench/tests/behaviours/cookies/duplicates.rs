//! Line 31: several cookies of our name.

use crate::harness::{Bench, Random, Request, Store, forged_token, hex, on_every_store, on_sealed};

on_every_store!(
    behaviour_31_one_live_token_among_junk_is_found_in_any_order,
    behaviour_31_malformed_values_cost_no_look_up_and_do_not_count,
    behaviour_31_at_most_eight_values_are_looked_up,
    behaviour_31_two_different_live_tokens_are_refused_and_reported,
    behaviour_31_equal_tokens_are_one,
    behaviour_31_a_refusal_ends_nobody_and_sets_no_cookie,
    what_was_presented_is_told_apart,
);
on_sealed!(
    behaviour_31_at_most_eight_values_are_looked_up,
    behaviour_31_two_different_live_tokens_are_refused_and_reported,
    behaviour_31_equal_tokens_are_one,
    behaviour_31_a_refusal_ends_nobody_and_sets_no_cookie,
);

fn unknown(random: &mut Random) -> String {
    forged_token(&hex(&random.octets(16)), &random.octets(32))
}

fn cookies(values: &[String]) -> String {
    values.iter().map(|value| format!("__Host-sid={value}")).collect::<Vec<_>>().join("; ")
}

#[track_caller]
fn presented(bench: &Bench, values: &[String]) -> String {
    let answer = bench.ask(&Request::get("/peek").cookie(cookies(values)));
    answer.expect(200).expect_no_cookie();
    answer.json_text("presented")
}

fn behaviour_31_one_live_token_among_junk_is_found_in_any_order(store: Store) {
    let bench = store.start(&["--idle-ms", "60000", "--touch-ms", "0"]);
    let mut random = Random::new();
    let expired = bench.signed_in("alice").token();
    bench.advance_ms(60_000);
    let mut ended = bench.signed_in("alice");
    let dead = ended.token();
    ended.sign_out();
    let live = bench.signed_in("alice").token();
    for position in 0..8 {
        let mut values = vec![expired.clone(), dead.clone()];
        values.extend((0..5).map(|_| unknown(&mut random)));
        values.insert(position, live.clone());
        let before = bench.ops();
        let answer = bench.ask(&Request::get("/me").cookie(cookies(&values)));
        assert_eq!(answer.expect(200).json_text("user"), "alice", "at position {position}");
        assert!(bench.ops().loads - before.loads <= 8);
        assert_eq!(presented(&bench, &values), "live");
    }
}

fn behaviour_31_malformed_values_cost_no_look_up_and_do_not_count(store: Store) {
    let bench = store.start(&["--touch-ms", "3600000"]);
    let live = bench.signed_in("alice").token();
    let malformed = [
        String::new(),
        "x".to_owned(),
        "A".repeat(63),
        "A".repeat(65),
        format!("{live}="),
        format!("{live} x"),
        live.replace(char::is_alphanumeric, "*"),
        format!("%{}", &live[1..]),
        format!("+{}", &live[1..]),
        format!("/{}", &live[1..]),
    ];
    let many: Vec<String> = malformed.iter().cycle().take(60).cloned().collect();
    let before = bench.ops();
    assert_eq!(presented(&bench, &many), "malformed");
    assert_eq!(bench.ops().calls(), before.calls(), "a malformed value was looked up");
    for position in [0, 30, 60] {
        let mut values = many.clone();
        values.insert(position, live.clone());
        let before = bench.ops();
        assert_eq!(presented(&bench, &values), "live", "at position {position}");
        assert!(bench.ops().loads - before.loads <= 1, "one value is well-formed");
    }
}

fn behaviour_31_at_most_eight_values_are_looked_up(store: Store) {
    let bench = store.start(&[]);
    let mut random = Random::new();
    let live = bench.signed_in("alice").token();
    for position in [0, 7, 8, 50] {
        let mut values: Vec<String> = (0..50).map(|_| unknown(&mut random)).collect();
        values.insert(position, live.clone());
        let before = bench.ops();
        let answer = bench.ask(&Request::get("/me").cookie(cookies(&values)));
        assert!(matches!(answer.status, 200 | 401), "{}", answer.status);
        answer.expect_no_cookie();
        let loads = bench.ops().loads - before.loads;
        assert!(loads <= 8, "{loads} look-ups with the live one at position {position}");
    }
}

fn behaviour_31_two_different_live_tokens_are_refused_and_reported(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice").token();
    let again = bench.signed_in("alice").token();
    let bob = bench.signed_in("bob").token();
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    let mut told = 0;
    for pair in [[&alice, &bob], [&bob, &alice], [&alice, &again], [&alice, &guest.token()]] {
        let values = [pair[0].clone(), pair[1].clone()];
        let in_one_line = Request::get("/me").cookie(cookies(&values));
        let in_lines = Request::get("/me").token(&values[0]).cookie("x=1").token(&values[1]);
        for request in [in_one_line, in_lines] {
            bench.ask(&request).expect_error(401, "session_required").expect_no_cookie();
            told += 1;
            assert_eq!(bench.count_events("ambiguous"), told);
        }
        assert_eq!(presented(&bench, &values), "ambiguous");
        told += 1;
        // Whoever does not ask for a session does not care.
        bench.ask(&Request::get("/public").cookie(cookies(&values))).expect(200).expect_no_cookie();
        assert_eq!(bench.count_events("ambiguous"), told);
    }
}

fn behaviour_31_equal_tokens_are_one(store: Store) {
    let bench = store.start(&[]);
    let live = bench.signed_in("alice").token();
    for copies in [2, 8, 20] {
        let values = vec![live.clone(); copies];
        let answer = bench.ask(&Request::get("/me").cookie(cookies(&values)));
        assert_eq!(answer.expect(200).json_text("user"), "alice", "{copies} copies");
    }
    assert_eq!(bench.count_events("ambiguous"), 0);
}

fn behaviour_31_a_refusal_ends_nobody_and_sets_no_cookie(store: Store) {
    let bench = store.start(&[]);
    let values = [bench.signed_in("alice").token(), bench.signed_in("bob").token()];
    for request in [
        Request::post("/logout"),
        Request::post("/logout_all"),
        Request::post("/renew"),
        Request::post("/incr"),
    ] {
        let target = request.target().to_owned();
        let answer = bench.ask(&request.cookie(cookies(&values)));
        assert!(answer.status < 500, "{target} -> {}", answer.status);
        // Nothing of either session was ended here, so nothing is removed; `/incr` may begin an anonymous one.
        assert!(
            answer.session_cookie().is_none_or(|cookie| target == "/incr" && !cookie.is_removal()),
            "{target}"
        );
    }
    bench.assert_all_live(&values);
}

/// What `/peek` calls each kind of cookie.
fn what_was_presented_is_told_apart(store: Store) {
    let bench = store.start(&["--idle-ms", "60000", "--touch-ms", "0"]);
    let absent = bench.get("/peek");
    assert_eq!(absent.expect(200).json_text("presented"), "absent");
    assert!(absent.json()["user"].is_null());
    assert_eq!(presented(&bench, &["short".to_owned()]), "malformed");
    assert_eq!(presented(&bench, &[unknown(&mut Random::new())]), "unknown");
    let alice = bench.signed_in("alice").token();
    bench.advance_ms(60_000);
    assert_eq!(presented(&bench, &[alice]), "expired");
    let bob = bench.signed_in("bob").token();
    assert_eq!(presented(&bench, std::slice::from_ref(&bob)), "live");
    let live = bench.ask(&Request::get("/peek").token(&bob));
    assert_eq!(live.json_text("user"), "bob");
    let mut guest = bench.visitor();
    guest.set_slot("a", "x");
    assert_eq!(presented(&bench, &[guest.token()]), "live");
    assert!(guest.get("/peek").json()["user"].is_null());
}
