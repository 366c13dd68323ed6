//! A store that is down.

use std::num::NonZeroU64;

use axum::http::StatusCode;
use cloakroom::remember::RememberMe;
use cloakroom::{EventKind, MemoryStore, Sessions};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::faults::{Faulty, Mode, Switch};

use super::site::{AFTER_THE_GRACE, NIGHT, SERIES, SID, Site, subject};

fn site() -> (Site, Switch) {
    let store = Faulty::new(MemoryStore::new());
    let switch = store.switch();
    (Site::of(Sessions::indexed(store).remember_me(RememberMe::for_days(30))), switch)
}

#[tokio::test]
async fn behaviour_38_while_the_store_is_down_nobody_is_forgotten_and_nobody_a_visitor() {
    let (site, switch) = site();
    let mut alice = site.asleep("alice").await;
    switch.set(Mode::Down);
    let answer = alice.get("/me").await;
    assert_eq!((answer.status, answer.cookies.len()), (StatusCode::SERVICE_UNAVAILABLE, 0));
    switch.set(Mode::Ok);
    assert!(alice.me().await.is_some());
}

#[tokio::test]
async fn behaviour_08_a_sign_out_without_the_store_forgets_the_browser_when_it_is_back() {
    for is_asleep in [false, true] {
        let (site, switch) = site();
        let mut alice = site.remembered("alice").await;
        if is_asleep {
            site.over_night(&mut alice);
        }
        let copy = alice.clone();
        switch.set(Mode::Down);
        let answer = alice.post("/logout").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.cookie(SERIES).expect("a removal").contains("Max-Age=0"));
        assert!(alice.jar.is_empty(), "{:?}", alice.jar);
        switch.set(Mode::Ok);
        assert_eq!(copy.clone().me().await, None);
        assert_eq!(copy.thief().me().await, None);
        site.sessions.purge().await.expect("a purge");
        assert_eq!(site.sessions.page(None, 10).await.expect("a page").0, []);
    }
}

/// A restoration is cut off after each of its questions to the store, and the browser comes again.
#[tokio::test]
async fn behaviour_20_a_restoration_that_is_cut_off_anywhere_locks_nobody_out() {
    // The series is looked up, a fence taken, the token replaced, the session inserted, the series looked up again.
    for call in 1..=5 {
        let (site, switch) = site();
        let mut alice = site.asleep("alice").await;
        let held = switch.hold_call(NonZeroU64::new(call).expect("calls count from one"));
        let asking = alice.clone();
        let request = tokio::spawn(async move { asking.ask("GET", "/me", String::new()).await });
        held.has_come().await;
        request.abort();
        assert!(request.await.is_err_and(|error| error.is_cancelled()));
        site.clock.advance(AFTER_THE_GRACE);
        assert_eq!(alice.me().await.as_deref(), Some("alice by remembered"), "at call {call}");
        assert!(alice.me().await.is_some());
        assert!(!site.reported().contains(&EventKind::Reused));
    }
}

/// The one that is cut off has replaced the token and not inserted the session; the next does not wait for the grace to end.
#[tokio::test]
async fn behaviour_21_a_request_takes_over_from_one_that_was_cut_off() {
    let (site, switch) = site();
    let mut alice = site.asleep("alice").await;
    let held = switch.hold_call(NonZeroU64::new(4).expect("four is not zero"));
    let asking = alice.clone();
    let request = tokio::spawn(async move { asking.ask("GET", "/me", String::new()).await });
    held.has_come().await;
    request.abort();
    assert!(request.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(alice.me().await.as_deref(), Some("alice by remembered"));
    assert!(alice.me().await.is_some());
}

/// Two nodes get one request each. One has replaced the token and not inserted the session yet when the other looks for it.
#[tokio::test]
async fn behaviour_19_requests_in_parallel_on_two_nodes_share_one_session() {
    let store = ModelStore::new();
    let (one, other) = (Faulty::new(store.clone()), Faulty::new(store));
    let (one_switch, other_switch) = (one.switch(), other.switch());
    let sessions = |store| Sessions::indexed(store).remember_me(RememberMe::for_days(30));
    let (one, other) = (Site::of(sessions(one)), Site::of(sessions(other)));
    let alice = one.asleep("alice").await;
    other.clock.advance(NIGHT);

    let insert = one_switch.hold_call(NonZeroU64::new(4).expect("four is not zero"));
    let first = alice.clone();
    let first = tokio::spawn(async move { first.ask("GET", "/me", String::new()).await });
    insert.has_come().await;
    // The series, a fence, the session, which is not there, and the session again.
    let look = other_switch.hold_call(NonZeroU64::new(4).expect("four is not zero"));
    let mut second = other.browser();
    second.jar = alice.jar.clone();
    let second = tokio::spawn(async move { second.ask("GET", "/me", String::new()).await });
    look.has_come().await;
    drop(insert);
    let first = first.await.expect("an answer");
    drop(look);
    let second = second.await.expect("an answer");
    assert_eq!((first.text.as_str(), first.cookies.len()), ("alice by remembered", 2));
    assert_eq!((second.text.as_str(), second.cookies.len()), ("alice by remembered", 0));
    assert_eq!(one.sessions.list(&subject("alice")).await.expect("a list").len(), 1);
}

/// Story: the store failed after the series of a thief had ended and before its sessions had.
#[tokio::test]
async fn lif_12_the_sessions_of_a_thief_end_when_the_store_is_back() {
    let (site, switch) = site();
    let mut alice = site.remembered("alice").await;
    let mut thief = alice.thief();
    assert!(thief.me().await.is_some() && thief.me().await.is_some());
    site.clock.advance(AFTER_THE_GRACE);
    alice.jar.remove(SID);
    let held = switch.hold_call(NonZeroU64::new(3).expect("three is not zero"));
    let asking = alice.clone();
    let request = tokio::spawn(async move { asking.ask("GET", "/me", String::new()).await });
    held.has_come().await;
    switch.set(Mode::Down);
    drop(held);
    assert_eq!(request.await.expect("an answer").status, StatusCode::SERVICE_UNAVAILABLE);
    switch.set(Mode::Ok);
    assert_eq!(
        site.sessions.list(&subject("alice")).await.expect("a list").len(),
        2,
        "it got no further than the series"
    );
    site.sessions.purge().await.expect("a purge");
    assert_eq!(thief.me().await, None);
    assert_eq!(site.sessions.list(&subject("alice")).await.expect("a list"), []);
}
