//! Sessions that are bound to where they are begun from, and used from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::routing::post;
use cloakroom::client::{AddressMatch, Binding, BindingChange, BoundProperty, OnChange, TlsFingerprint};
use cloakroom::sealed::{KeyRing, SealKey};
use cloakroom::{EventKind, EventSink, MemoryStore, Rejection, SecurityEvent, Session, Sessions};
use cloakroom_testkit::faults::{Faulty, Mode, Switch};

use crate::site::{Browser, Events, application};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const FIREFOX_UPDATED: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0";
const CURL: &str = "curl/8.14.1";

fn bound_by(on_change: OnChange) -> Binding {
    Binding::none()
        .address(AddressMatch::Prefix { ipv4_bits: 24, ipv6_bits: 48 }, on_change)
        .agent(on_change)
        .tls_fingerprint(on_change)
}

/// The same application on stored and on sealed sessions, and what each reports.
fn applications(binding: &Binding) -> [(Router, Arc<Events>); 2] {
    let mut octets = [7; SealKey::LEN];
    (0..).zip(&mut octets).for_each(|(place, octet): (u8, _)| *octet ^= place);
    let keys = KeyRing::new(SealKey::from_entropy(octets));
    let (of_stored, of_sealed) = (Arc::new(Events::default()), Arc::new(Events::default()));
    let stored = Sessions::indexed(MemoryStore::new()).bind(binding.clone()).events(Arc::clone(&of_stored));
    let sealed = Sessions::sealed(keys, MemoryStore::new()).bind(binding.clone());
    let sealed = sealed.events(Arc::clone(&of_sealed));
    [(application(stored.layer()), of_stored), (application(sealed.layer()), of_sealed)]
}

async fn at_home(application: &Router) -> Browser {
    let mut browser = Browser::new(application);
    browser.address = Some([192, 0, 2, 1].into());
    browser.agent = Some(FIREFOX);
    browser.fingerprint = TlsFingerprint::parse("t13d_home");
    browser.sign_in("alice").await;
    browser
}

/// The same cookie in somebody else's hands.
fn elsewhere(browser: &Browser) -> Browser {
    let mut thief = browser.clone();
    thief.address = Some([198, 51, 100, 1].into());
    thief.agent = Some(CURL);
    thief.fingerprint = TlsFingerprint::parse("t13d_thief");
    thief
}

fn changes(events: &Events) -> Vec<BindingChange> {
    let moved = events.take().into_iter().filter(|event| event.kind == EventKind::BindingChanged);
    moved.map(|event| *event.change.expect("it says what changed")).collect()
}

#[tokio::test]
async fn bnd_01_a_change_is_logged_once_with_both_values_and_ends_nothing_by_default() {
    for (app, events) in applications(&bound_by(OnChange::default())) {
        let mut home = at_home(&app).await;
        let mut away = elsewhere(&home);
        for _ in 0..3 {
            assert!(away.is_signed_in().await);
            assert!(home.is_signed_in().await);
        }
        let told: Vec<_> = changes(&events).into_iter().map(|it| (it.property, it.from, it.to)).collect();
        let change = |property, from: &str, to: &str| (property, from.to_owned(), Some(to.to_owned()));
        assert_eq!(
            told,
            [
                change(BoundProperty::Address, "192.0.2.1", "198.51.100.1"),
                change(BoundProperty::Agent, FIREFOX, CURL),
                change(BoundProperty::TlsFingerprint, "t13d_home", "t13d_thief"),
            ]
        );
    }
}

#[tokio::test]
async fn bnd_01_a_neighbouring_address_and_an_updated_browser_are_no_change() {
    for (app, events) in applications(&bound_by(OnChange::EndSession)) {
        let mut home = at_home(&app).await;
        home.address = Some([192, 0, 2, 200].into());
        home.agent = Some(FIREFOX_UPDATED);
        assert!(home.is_signed_in().await);
        assert_eq!(changes(&events), []);
    }
}

#[tokio::test]
async fn bnd_01_a_change_that_asks_for_a_proof_refuses_what_needs_one_until_it_is_given() {
    for (app, _) in applications(&bound_by(OnChange::RequireReauthentication)) {
        let mut home = at_home(&app).await;
        assert_eq!(home.status_of_post("/elevate").await, StatusCode::OK);
        let mut away = elsewhere(&home);
        assert!(away.is_signed_in().await);
        assert_eq!(away.status_of_post("/elevate").await, StatusCode::FORBIDDEN);
        assert_eq!(away.status_of_post("/prove").await, StatusCode::OK);
        assert_eq!(away.status_of_post("/elevate").await, StatusCode::OK, "it is bound to this place now");
        home.jar = away.jar;
        assert_eq!(home.status_of_post("/elevate").await, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn bnd_01_a_change_that_ends_the_session_ends_it_wherever_it_is_used() {
    for (app, events) in applications(&bound_by(OnChange::EndSession)) {
        let mut home = at_home(&app).await;
        let mut away = elsewhere(&home);
        assert!(!away.is_signed_in().await);
        assert!(!home.is_signed_in().await);
        let revoked: Vec<_> = events.take().into_iter().filter(|it| it.kind == EventKind::Revoked).collect();
        assert_eq!(revoked.iter().map(|it| it.reason).collect::<Vec<_>>(), [Some("moved")]);
        away.sign_in("alice").await;
        assert!(away.is_signed_in().await, "it may sign in where it is");
    }
}

/// Goes down as soon as a session is found to have moved.
struct DownAtAMove(Switch);

impl EventSink for DownAtAMove {
    fn record(&self, event: &SecurityEvent) {
        if event.kind == EventKind::BindingChanged {
            self.0.set(Mode::Down);
        }
    }
}

async fn twice(first: Result<Session, Rejection>, second: Session) -> String {
    format!("{} {}", first.is_err(), second.subject().is_some())
}

#[tokio::test]
async fn a_session_that_the_store_could_not_end_is_not_let_in_by_asking_twice() {
    let store = Faulty::new(MemoryStore::new());
    let switch = store.switch();
    let sessions = Sessions::indexed(store).bind(bound_by(OnChange::EndSession));
    let sessions = sessions.events(DownAtAMove(switch.clone()));
    let twice = Router::new().route("/twice", post(twice)).layer(sessions.layer());
    let app = application(sessions.layer()).merge(twice);
    let mut home = at_home(&app).await;
    let mut away = elsewhere(&home);
    let answer = away.post("/twice").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), "true false");
    switch.set(Mode::Ok);
    assert!(!away.is_signed_in().await);
    assert!(!home.is_signed_in().await, "the next request from elsewhere has ended it");
}

#[tokio::test]
async fn one_property_alone_is_enough_and_what_is_not_bound_may_change() {
    let binding = Binding::none().tls_fingerprint(OnChange::EndSession);
    for (app, _) in applications(&binding) {
        let mut home = at_home(&app).await;
        let fingerprint = home.fingerprint.clone();
        let mut away = elsewhere(&home);
        away.fingerprint = fingerprint;
        assert!(away.is_signed_in().await);
        home.fingerprint = None;
        assert!(!home.is_signed_in().await, "the cookie has left the proxy's clients");
    }
}
