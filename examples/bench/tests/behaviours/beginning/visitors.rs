//! Line 16 and STO-06: visitors who store nothing cost nothing.

use crate::harness::{
    Bench, Connection, Random, Request, Store, forged_token, hex, on_each_store, on_sealed,
};

on_each_store!(
    behaviour_16_ten_thousand_requests_without_a_session_cost_no_row_no_write_and_no_memory,
    sto_06_a_thousand_requests_that_do_not_touch_the_session_create_no_record_and_no_cookie,
);
on_sealed!(
    behaviour_16_ten_thousand_requests_without_a_session_cost_no_row_no_write_and_no_memory,
    sto_06_a_thousand_requests_that_do_not_touch_the_session_create_no_record_and_no_cookie,
);

/// Requests without a cookie, with random ones, with malformed ones, and sign-outs of nobody.
fn stray_request(turn: u64, random: &mut Random) -> Request {
    let id = hex(&random.octets(16));
    let unknown = forged_token(&id, &random.octets(32));
    let malformed = format!("{:x}", random.next());
    match turn % 8 {
        0 => Request::get("/peek"),
        1 => Request::get("/peek").token(&unknown),
        2 => Request::get("/me").token(&unknown),
        3 => Request::get("/me").token(&malformed),
        4 => Request::post("/logout"),
        5 => Request::post("/logout").token(&unknown),
        6 => Request::get("/slot/a").token(&malformed),
        _ => Request::get("/public").token(&unknown),
    }
}

/// Sends many on a few connections. No answer sets a cookie, but that a sign-out may remove a presented one.
#[track_caller]
fn stray(bench: &Bench, count: u64, random: &mut Random) {
    let mut connection: Connection = bench.connect();
    for turn in 0..count {
        let request = stray_request(turn, random);
        let answer = connection.ask(&request);
        assert!(answer.status < 500, "{} -> {}", request.target(), answer.status);
        let removal_allowed = request.target() == "/logout" && !request.presented_tokens().is_empty();
        match answer.session_cookie() {
            None => {}
            Some(cookie) => assert!(cookie.is_removal() && removal_allowed, "{}", cookie.line),
        }
    }
}

fn behaviour_16_ten_thousand_requests_without_a_session_cost_no_row_no_write_and_no_memory(store: Store) {
    let bench = store.start(&[]);
    let mut random = Random::new();
    stray(&bench, 2_000, &mut random);
    let (before, resident) = (bench.ops(), bench.resident_octets());
    stray(&bench, 8_000, &mut random);
    assert_eq!(bench.rows(), 0);
    assert_eq!(bench.ops().writes(), before.writes(), "strangers cause no writes");
    let grown = bench.resident_octets().saturating_sub(resident);
    assert!(grown < 2 << 20, "8,000 strangers left {grown} octets behind");
}

fn sto_06_a_thousand_requests_that_do_not_touch_the_session_create_no_record_and_no_cookie(store: Store) {
    let bench = store.start(&[]);
    let before = bench.ops();
    let mut connection = bench.connect();
    for _ in 0..1_000 {
        let answer = connection.ask(&Request::get("/public"));
        answer.expect(200);
        assert_eq!(answer.set_cookies(), []);
    }
    assert_eq!(bench.rows(), 0);
    assert_eq!(bench.ops().calls(), before.calls(), "a page without a session asks the store nothing");
}
