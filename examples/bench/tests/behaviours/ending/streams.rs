//! Line 11: a WebSocket does not outlive its session.

use std::time::Duration;

use super::deed::Deed;
use crate::harness::{Bench, Frame, Stopwatch, Store, WebSocket, on_each_store, on_memcached, on_sealed};

on_each_store!(
    behaviour_11_a_web_socket_closes_when_its_session_is_ended,
    behaviour_11_a_web_socket_closes_when_its_session_expires_although_it_ticks,
    behaviour_11_a_web_socket_closes_when_a_sign_in_replaces_its_session,
    behaviour_11_a_web_socket_goes_on_through_a_renewal,
    a_web_socket_needs_a_session_and_our_origin,
);
on_memcached!(
    behaviour_11_a_web_socket_closes_when_its_session_expires_although_it_ticks,
    behaviour_11_a_web_socket_closes_when_a_sign_in_replaces_its_session,
    behaviour_11_a_web_socket_goes_on_through_a_renewal,
    a_web_socket_needs_a_session_and_our_origin
);
on_sealed!(
    behaviour_11_a_web_socket_closes_when_its_session_expires_although_it_ticks,
    behaviour_11_a_web_socket_closes_when_a_sign_in_replaces_its_session,
    behaviour_11_a_web_socket_goes_on_through_a_renewal,
    a_web_socket_needs_a_session_and_our_origin,
);

/// The socket looks at its session with each tick, ten times a second; this leaves room for a busy machine.
const BOUND: Duration = Duration::from_secs(5);

#[track_caller]
fn open(bench: &Bench, token: &str) -> WebSocket {
    let mut socket = WebSocket::open(bench, Some(token), &[])
        .unwrap_or_else(|answer| panic!("refused: {}", answer.status));
    assert_eq!(socket.next(), Frame::Text("tick".to_owned()));
    socket
}

/// Ticks may still be on their way; then comes 1008, within the bound.
#[track_caller]
fn assert_closes(socket: &mut WebSocket, why: &str) {
    let waited = Stopwatch::start();
    loop {
        match socket.next() {
            Frame::Close(code) => return assert_eq!(code, Some(1008), "{why}"),
            frame => assert!(waited.elapsed() < BOUND, "{why}: still open after {BOUND:?}: {frame:?}"),
        }
    }
}

fn behaviour_11_a_web_socket_closes_when_its_session_is_ended(store: Store) {
    for deed in [Deed::SignOut].into_iter().chain(Deed::BY_OTHERS) {
        let bench = store.start(&[]);
        let mut victim = bench.visitor();
        let id = victim.sign_in("alice");
        let mut other = bench.signed_in("alice");
        let mut socket = open(&bench, &victim.token());
        let mut bystander = open(&bench, &bench.signed_in("bob").token());
        deed.strike(&bench, &mut victim, &id, &mut other);
        assert_closes(&mut socket, &format!("{deed:?}"));
        if deed.spares_other_subjects() {
            assert_eq!(bystander.next(), Frame::Text("tick".to_owned()), "{deed:?}");
        }
    }
}

fn behaviour_11_a_web_socket_closes_when_its_session_expires_although_it_ticks(store: Store) {
    let bench = store.start(&["--idle-ms", "60000", "--touch-ms", "0"]);
    let token = bench.signed_in("alice").token();
    let mut socket = open(&bench, &token);
    for _ in 0..2 {
        bench.advance_ms(29_000);
        assert_eq!(socket.next(), Frame::Text("tick".to_owned()));
    }
    bench.advance_ms(2_000);
    assert_closes(&mut socket, "idle timeout");
    bench.assert_dead(&token);
}

fn behaviour_11_a_web_socket_closes_when_a_sign_in_replaces_its_session(store: Store) {
    let bench = store.start(&[]);
    let mut alice = bench.signed_in("alice");
    let mut socket = open(&bench, &alice.token());
    alice.sign_in("alice");
    assert_closes(&mut socket, "signed in anew");
}

fn behaviour_11_a_web_socket_goes_on_through_a_renewal(store: Store) {
    let bench = store.start(&["--grace-ms", "1000"]);
    let mut alice = bench.signed_in("alice");
    let mut socket = open(&bench, &alice.token());
    alice.post("/renew").expect(204).expect_new_token();
    assert_eq!(alice.user().as_deref(), Some("alice"));
    bench.advance_ms(10_000);
    for _ in 0..3 {
        assert_eq!(socket.next(), Frame::Text("tick".to_owned()), "the session goes on");
    }
}

fn a_web_socket_needs_a_session_and_our_origin(store: Store) {
    let bench = store.start(&[]);
    let alice = bench.signed_in("alice");
    let token = alice.token();
    let own = format!("http://{}", bench.listen());
    let status =
        |token: Option<&str>, origin: &str| match WebSocket::open(&bench, token, &[("Origin", origin)]) {
            Ok(_) => 101,
            Err(answer) => answer.status,
        };
    assert_eq!(status(Some(&token), &own), 101);
    assert_eq!(status(Some(&token), "https://evil.example"), 403);
    assert_eq!(status(Some(&token), "null"), 403);
    assert_eq!(status(None, &own), 401);
    assert_eq!(WebSocket::open(&bench, None, &[]).err().map(|answer| answer.status), Some(401));
}
