//! Sealed sessions with keys that change while the program runs, and without any store.

use std::sync::Arc;

use cloakroom::sealed::{KeyRing, SealKey, SealKeys};
use cloakroom::{Clock as _, CookiePolicy, Lifetime, MemoryStore, Sessions, SystemClock, hours, minutes};
use cloakroom_testkit::clock::ManualClock;

use crate::site::{Browser, application};

fn key(octet: u8) -> SealKey {
    let mut octets = [octet; SealKey::LEN];
    (0..).zip(&mut octets).for_each(|(place, octet): (u8, _)| *octet ^= place);
    SealKey::from_entropy(octets)
}

#[tokio::test]
async fn behaviour_34_keys_are_replaced_while_the_program_runs_and_nobody_is_signed_out() {
    let keys = SealKeys::new(KeyRing::new(key(1)));
    let app = application(Sessions::sealed(keys.clone(), MemoryStore::new()).layer());
    let mut alice = Browser::signed_in(&app, "alice").await;
    let old = alice.cookie();
    assert!(alice.is_signed_in().await);
    assert_eq!(alice.cookie(), old);

    keys.replace(KeyRing::newest_first([key(2), key(1)]).unwrap());
    assert!(alice.is_signed_in().await);
    let new = alice.cookie();
    assert_ne!(new, old, "it was given out anew");
    assert!(alice.is_signed_in().await);
    assert_eq!(alice.cookie(), new);

    keys.replace(KeyRing::new(key(2)));
    assert!(alice.is_signed_in().await);
    assert!(!Browser::with(&app, &old).is_signed_in().await, "its key is retired");
}

#[tokio::test]
async fn behaviour_33_a_value_is_worth_nothing_under_another_cookie_name() {
    let keys = SealKeys::new(KeyRing::new(key(1)));
    let of_cookie = |policy: CookiePolicy| {
        application(Sessions::sealed(keys.clone(), MemoryStore::new()).cookie(policy).layer())
    };
    let host = || CookiePolicy::from(CookiePolicy::host("sid"));
    let value = Browser::signed_in(&of_cookie(host()), "alice").await.cookie();
    assert!(Browser::with(&of_cookie(host()), &value).is_signed_in().await, "the same name and keys");
    let moved = of_cookie(CookiePolicy::host_http("sid").into());
    let mut moved = Browser::with(&moved, &value);
    moved.name = "__Host-Http-sid";
    assert!(!moved.is_signed_in().await);
}

#[tokio::test]
async fn what_nothing_can_revoke_ends_by_itself_after_the_stated_time() {
    let clock = Arc::new(ManualClock::starting_at(SystemClock::new().now()));
    let sessions = Sessions::irrevocable(KeyRing::new(key(1)), minutes(20))
        .lifetime(Lifetime::idle_absolute(minutes(30), hours(12)))
        .clock(Arc::clone(&clock));
    let app = application(sessions.layer());
    let mut alice = Browser::signed_in(&app, "alice").await;
    let value = alice.cookie();
    let mut copy = Browser::with(&app, &value);
    alice.post("/logout").await;
    assert_eq!(alice.jar, None);
    clock.advance(minutes(19));
    assert!(copy.is_signed_in().await, "as was said when it was chosen");
    clock.advance(minutes(1));
    assert!(!copy.is_signed_in().await);
    assert!(!Browser::with(&app, &value).is_signed_in().await);
}
