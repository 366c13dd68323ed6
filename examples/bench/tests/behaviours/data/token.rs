//! SID-01 and SID-03: what a token is made of.

use std::collections::HashSet;

use crate::harness::{Connection, Request, Store, decoded, on_every_store, on_sealed, password_of};

on_every_store!(sid_01_two_thousand_tokens_show_no_pattern, sid_03_a_token_tells_nothing_about_its_session,);
on_sealed!(sid_03_a_token_tells_nothing_about_its_session);

/// Tokens of this many sign-ins with empty jars, in the order in which they were made.
#[track_caller]
fn collect(connections: &mut [Connection], count: usize) -> Vec<Vec<u8>> {
    let request = Request::login("alice", &password_of("alice"));
    let mut tokens = Vec::new();
    while tokens.len() < count {
        for connection in connections.iter_mut() {
            connection.send(&request).expect("the program takes the request");
        }
        for connection in connections.iter_mut() {
            let answer = connection.receive(&request).expect("the program answers");
            tokens.push(decoded(&answer.expect(200).expect_new_token()));
        }
    }
    tokens
}

/// Octets of the ID that say where Redis keeps the sessions of a subject: alike for those of one subject, and a keyed hash of
/// it, which tells no stranger whose they are.
const PLACE: std::ops::Range<usize> = 14..16;

fn sid_01_two_thousand_tokens_show_no_pattern(store: Store) {
    const COUNT: usize = 2_000;
    let bench = store.start(&[]);
    let mut connections: Vec<Connection> = (0..20).map(|_| bench.connect()).collect();
    let tokens = collect(&mut connections, COUNT);
    let distinct: HashSet<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
    assert_eq!(distinct.len(), COUNT, "a token twice");
    let ids: HashSet<&[u8]> = tokens.iter().map(|token| &token[..16]).collect();
    assert_eq!(ids.len(), COUNT, "a session ID twice");
    let secrets: HashSet<&[u8]> = tokens.iter().map(|token| &token[16..]).collect();
    assert_eq!(secrets.len(), COUNT, "a secret twice");
    for position in (0..48).filter(|position| !store.places_sessions() || !PLACE.contains(position)) {
        let values: HashSet<u8> = tokens.iter().map(|token| token[position]).collect();
        assert!(values.len() > 200, "octet {position} takes {} values only", values.len());
        for bit in 0..8 {
            let ones = tokens.iter().filter(|token| token[position] >> bit & 1 == 1).count();
            // Five standard deviations of a fair coin around a thousand.
            assert!(
                (888..=1_112).contains(&ones),
                "bit {bit} of octet {position} is set in {ones} of {COUNT}"
            );
        }
    }
    for width in [4, 8] {
        for start in (0..=48 - width).filter(|start| !store.places_sessions() || start + width <= PLACE.start)
        {
            let rho = order_correlation(&tokens, start, width);
            assert!(rho.abs() < 0.15, "octets {start}..+{width} grow with time: {rho}");
        }
    }
}

/// Spearman's rank correlation between the order of making and one window of the token, as an integer.
fn order_correlation(tokens: &[Vec<u8>], start: usize, width: usize) -> f64 {
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by_key(|index| &tokens[*index][start..start + width]);
    let ranks = order.iter().enumerate().map(|(rank, index)| as_float(rank.abs_diff(*index)).powi(2));
    let count = as_float(tokens.len());
    1.0 - 6.0 * ranks.sum::<f64>() / (count * (count * count - 1.0))
}

fn as_float(number: usize) -> f64 {
    f64::from(u32::try_from(number).expect("a few thousand"))
}

/// A value that all tokens share would be a field; a time near now, at one place in all of them, a clock.
fn sid_03_a_token_tells_nothing_about_its_session(store: Store) {
    let bench = store.start(&[]);
    let now_ms = bench.now_ms();
    let mut connections = [bench.connect()];
    let tokens = collect(&mut connections, 20);
    for marker in [&b"alice"[..], b"127.0.0.1", b"{\"", b"user"] {
        // Two octets stand in some of twenty random tokens by chance, and in all of them by design.
        let holds_it = |token: &Vec<u8>| token.windows(marker.len()).any(|window| window == marker);
        assert!(!tokens.iter().all(holds_it), "tokens hold {}", marker.escape_ascii());
    }
    let near = |value: u64, now: i64, day: u64| value.abs_diff(now.unsigned_abs()) < day;
    for start in 0..=40 {
        for reversed in [false, true] {
            let says_now = |token: &Vec<u8>| {
                let long = integer(&token[start..start + 8], reversed);
                let short = integer(&token[start..start + 4], reversed);
                near(long, now_ms, 86_400_000)
                    || [long, short].iter().any(|value| near(*value, now_ms / 1_000, 86_400))
            };
            assert!(!tokens.iter().all(says_now), "octets {start}.. tell the time");
        }
    }
}

fn integer(octets: &[u8], reversed: bool) -> u64 {
    let fold = |value: u64, octet: &u8| value << 8 | u64::from(*octet);
    if reversed { octets.iter().rev().fold(0, fold) } else { octets.iter().fold(0, fold) }
}
