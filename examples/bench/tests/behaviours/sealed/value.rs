//! The value itself: nobody reads it, changes it, or gets one that a browser would drop.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::harness::{Request, Store, decoded, on_sqlite, spellings_of};

on_sqlite!(
    sto_07_a_value_with_any_octet_changed_is_no_session,
    syn_08_what_does_not_fit_into_the_cookie_is_an_error_for_the_handler,
    behaviour_28_the_marks_hold_nothing_that_works_as_a_cookie,
    behaviour_16_visitors_and_signed_in_users_cost_no_row,
);

const SEALED: [&str; 1] = ["--sealed"];

fn sto_07_a_value_with_any_octet_changed_is_no_session() {
    let bench = Store::Sqlite.start(&SEALED);
    let (alice, bob) = (bench.signed_in("alice").token(), bench.signed_in("bob").token());
    let (octets, others) = (decoded(&alice), decoded(&bob));
    let flipped = (0..octets.len()).map(|place| {
        let mut octets = octets.clone();
        octets[place] ^= 1 << (place % 8);
        URL_SAFE_NO_PAD.encode(octets)
    });
    let cut = (1..=32).map(|len| alice[..alice.len() - len].to_owned());
    let half = octets.len() / 2;
    let swapped = [[&octets[..half], &others[half..]].concat(), [&others[..half], &octets[half..]].concat()];
    let swapped = swapped.iter().map(|octets| URL_SAFE_NO_PAD.encode(octets));
    let mut answers = Vec::new();
    for value in flipped.chain(cut).chain(swapped) {
        let answer = bench.ask(&Request::get("/me").token(&value));
        answer.expect(401).expect_no_cookie();
        answers.push(answer.text());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all are refused alike: {answers:?}");
    bench.assert_all_live(&[alice, bob]);
}

fn syn_08_what_does_not_fit_into_the_cookie_is_an_error_for_the_handler() {
    let bench = Store::Sqlite.start(&SEALED);
    let mut alice = bench.signed_in("alice");
    alice.put("/big?n=1500").expect_success();
    let fits = alice.token();
    for n in [3000, 4096, 70_000] {
        alice.put(&format!("/big?n={n}")).expect_error(413, "session_too_large").expect_no_cookie();
    }
    assert_eq!(alice.token(), fits);
    assert_eq!(alice.user().as_deref(), Some("alice"));
}

fn behaviour_28_the_marks_hold_nothing_that_works_as_a_cookie() {
    let bench = Store::Sqlite.start(&SEALED);
    let mut alice = bench.signed_in("alice");
    let (old, kept) = (alice.token(), bench.signed_in("bob").token());
    alice.reauthenticate("alice");
    let newer = alice.token();
    bench.signed_in("alice").post("/logout_others").expect(204);
    let dump = bench.dump();
    for value in [&old, &newer, &kept] {
        assert!(!spellings_of(value).occur_in(&dump), "the store of marks holds a value");
    }
}

fn behaviour_16_visitors_and_signed_in_users_cost_no_row() {
    let bench = Store::Sqlite.start(&SEALED);
    for _ in 0..50 {
        bench.get("/peek").expect(200).expect_no_cookie();
        bench.visitor().set_slot("a", "1");
    }
    let mut alice = bench.signed_in("alice");
    assert_eq!(bench.rows(), 0);
    alice.sign_out();
    assert_eq!(bench.rows(), 1, "the mark of the session that has ended");
    bench.advance_ms(3 * 24 * 60 * 60 * 1000);
    bench.sweep();
    assert_eq!(bench.rows(), 0, "no value that it spoke of is good any more");
}
