//! Proofs that a route asks for, profiles, and the time between two factors.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use cloakroom::assurance::{Profile, ProvenWithin, StepUp};
use cloakroom::sealed::{KeyRing, SealKey};
use cloakroom::{
    CapPolicy, Clock as _, Error, Indexed, Lifetime, MemoryStore, Method, Rejection, Session, SessionLayer,
    Sessions, SignedIn, Subject, SystemClock, hours, minutes, seconds,
};
use cloakroom_testkit::clock::ManualClock;

use crate::site::{Browser, application};

const OK: StatusCode = StatusCode::OK;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;

fn alice() -> Subject {
    Subject::new("alice").expect("a plain name")
}

async fn first(session: Session) -> Result<(), Error> {
    session.begin_sign_in(alice()).await?.second_factor_due(Method::Password).await
}

async fn second(session: Session) -> Result<(), Error> {
    session.second_factor().ok_or(Error::NotSignedIn)?.finish(Method::OneTimeCode).await
}

async fn first_again(session: Session) -> Result<(), Error> {
    session.second_factor().ok_or(Error::NotSignedIn)?.finish(Method::Password).await
}

async fn abandon(session: Session) -> Result<(), Error> {
    session.second_factor().ok_or(Error::NotSignedIn)?.abandon().await
}

async fn restore(session: Session) -> Result<(), Error> {
    session.sign_in(alice(), Method::Remembered).await
}

async fn visit(session: Session) -> Result<(), Error> {
    session.set(cloakroom::Slot::new("page"), &1)?;
    Ok(())
}

async fn within(_: ProvenWithin<300>) {}

async fn by_code(user: SignedIn) -> Result<(), Rejection> {
    user.require(StepUp::within(hours(1)).by(Method::OneTimeCode)).await
}

async fn with_both(user: SignedIn) -> Result<(), Rejection> {
    user.require(StepUp::within(hours(1)).with_two_factors()).await
}

async fn prove_code(user: SignedIn) -> Result<(), Error> {
    user.reauthenticate(Method::OneTimeCode).await
}

fn routes(sessions: SessionLayer) -> Router {
    let routes = Router::new()
        .route("/first", post(first))
        .route("/second", post(second))
        .route("/first-again", post(first_again))
        .route("/abandon", post(abandon))
        .route("/restore", post(restore))
        .route("/visit", post(visit))
        .route("/within", post(within))
        .route("/by-code", post(by_code))
        .route("/with-both", post(with_both))
        .route("/prove-code", post(prove_code));
    application(sessions.clone()).merge(routes.layer(sessions))
}

struct Site {
    clock: Arc<ManualClock>,
    sessions: Sessions<Indexed>,
}

impl Site {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::starting_at(SystemClock::new().now()));
        let lifetime = Lifetime::idle_absolute(hours(2), hours(30));
        let sessions = Sessions::indexed(MemoryStore::new()).lifetime(lifetime).clock(Arc::clone(&clock));
        Self { clock, sessions }
    }

    fn router(&self) -> Router {
        routes(self.sessions.layer())
    }

    fn profile(self, profile: Profile) -> Self {
        Self {
            sessions: self.sessions.profile(profile).lifetime(Lifetime::idle_absolute(hours(3), hours(90))),
            ..self
        }
    }
}

fn sealed() -> Router {
    let mut octets = [9; SealKey::LEN];
    (0..).zip(&mut octets).for_each(|(place, octet): (u8, _)| *octet ^= place);
    routes(Sessions::sealed(KeyRing::new(SealKey::from_entropy(octets)), MemoryStore::new()).layer())
}

#[tokio::test]
async fn bnd_05_a_route_asks_for_a_proof_less_than_its_window_ago() {
    let site = Site::new();
    let mut browser = Browser::signed_in(&site.router(), "alice").await;
    site.clock.advance(seconds(299));
    assert_eq!(browser.status_of_post("/within").await, OK);
    site.clock.advance(seconds(2));
    assert_eq!(browser.status_of_post("/within").await, FORBIDDEN);
    assert_eq!(browser.status_of_post("/prove").await, OK);
    assert_eq!(browser.status_of_post("/within").await, OK);
    assert_eq!(Browser::new(&site.router()).status_of_post("/within").await, UNAUTHORIZED);
}

#[tokio::test]
async fn bnd_05_a_route_asks_for_a_second_factor_and_each_method_keeps_its_own_time() {
    let site = Site::new();
    let mut browser = Browser::signed_in(&site.router(), "alice").await;
    assert_eq!(browser.status_of_post("/by-code").await, FORBIDDEN);
    assert_eq!(browser.status_of_post("/with-both").await, FORBIDDEN);
    assert_eq!(browser.status_of_post("/prove-code").await, OK);
    assert_eq!(browser.status_of_post("/by-code").await, OK);
    assert_eq!(browser.status_of_post("/with-both").await, OK);
    site.clock.advance(minutes(60));
    assert_eq!(browser.status_of_post("/prove").await, OK);
    assert_eq!(browser.status_of_post("/within").await, OK);
    assert_eq!(browser.status_of_post("/by-code").await, FORBIDDEN, "that was an hour ago");
}

#[tokio::test]
async fn rot_10_between_two_factors_nobody_is_signed_in_on_any_route() {
    let site = Site::new();
    let mut browser = Browser::new(&site.router());
    assert_eq!(browser.status_of_post("/first").await, OK);
    for path in ["/prove", "/elevate", "/within", "/by-code", "/with-both", "/prove-code"] {
        assert_eq!(browser.status_of_post(path).await, UNAUTHORIZED, "{path}");
    }
    assert!(!browser.is_signed_in().await);
    assert_eq!(site.sessions.list(&alice()).await.unwrap(), []);
    let between = browser.cookie();
    assert_eq!(browser.status_of_post("/first-again").await, FORBIDDEN, "one factor twice is one");
    assert_eq!(browser.status_of_post("/second").await, OK);
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.status_of_post("/with-both").await, OK);
    assert_ne!(browser.cookie()[..21], between[..21], "the session is another");
}

#[tokio::test]
async fn rot_10_the_second_factor_may_take_ten_minutes_and_no_longer() {
    for (waited, status) in
        [(minutes(10).saturating_sub(Duration::from_millis(1)), OK), (minutes(10), UNAUTHORIZED)]
    {
        let site = Site::new();
        let mut browser = Browser::new(&site.router());
        browser.post("/first").await;
        site.clock.advance(waited);
        assert_eq!(browser.status_of_post("/second").await, status, "{waited:?}");
        assert_eq!(browser.is_signed_in().await, status == OK);
    }
}

#[tokio::test]
async fn rot_10_one_first_factor_makes_one_sign_in_and_none_when_it_was_abandoned() {
    for app in [Site::new().router(), sealed()] {
        let mut browser = Browser::new(&app);
        browser.post("/first").await;
        let mut copy = browser.clone();
        assert_eq!(browser.status_of_post("/second").await, OK);
        assert_eq!(copy.status_of_post("/second").await, UNAUTHORIZED);
        let mut other = Browser::new(&app);
        other.post("/first").await;
        let mut copy = other.clone();
        assert_eq!(other.status_of_post("/abandon").await, OK);
        assert_eq!(other.status_of_post("/second").await, UNAUTHORIZED);
        assert_eq!(copy.status_of_post("/second").await, UNAUTHORIZED);
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn rot_10_a_token_that_was_planted_before_the_first_factor_does_not_bring_the_second() {
    for app in [Site::new().router(), sealed()] {
        let mut attacker = Browser::new(&app);
        attacker.post("/visit").await;
        let mut victim = attacker.clone();
        assert_eq!(victim.status_of_post("/first").await, OK);
        assert_eq!(attacker.status_of_post("/second").await, UNAUTHORIZED);
        assert_eq!(victim.status_of_post("/second").await, OK);
    }
}

#[tokio::test]
async fn rot_10_a_revocation_of_the_subject_between_the_factors_wins() {
    let site = Site::new();
    let mut browser = Browser::new(&site.router());
    browser.post("/first").await;
    site.sessions.revoke_subject(&alice()).await.unwrap();
    assert_eq!(browser.status_of_post("/second").await, UNAUTHORIZED);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn rot_10_a_sign_in_that_is_half_done_takes_no_place_under_a_cap() {
    let mut site = Site::new();
    site.sessions = site.sessions.cap(NonZeroUsize::MIN, CapPolicy::RefuseNew);
    let mut half = Browser::new(&site.router());
    half.post("/first").await;
    let mut whole = Browser::signed_in(&site.router(), "alice").await;
    assert_eq!(half.status_of_post("/second").await, StatusCode::CONFLICT);
    assert!(whole.is_signed_in().await);
}

#[tokio::test]
async fn lif_12_a_remembered_browser_is_known_and_does_nothing_of_weight_before_a_proof() {
    let site = Site::new();
    let mut browser = Browser::new(&site.router());
    assert_eq!(browser.status_of_post("/restore").await, OK);
    assert!(browser.is_signed_in().await);
    for path in ["/elevate", "/within", "/by-code", "/with-both"] {
        assert_eq!(browser.status_of_post(path).await, FORBIDDEN, "{path}");
    }
    assert_eq!(browser.status_of_post("/prove").await, OK);
    assert_eq!(browser.status_of_post("/elevate").await, OK);
    assert_eq!(browser.status_of_post("/within").await, OK);
}

#[tokio::test]
async fn a_profile_refuses_a_sign_in_by_one_factor_and_keeps_its_limits() {
    for (profile, idle) in [(Profile::Aal2, minutes(60)), (Profile::Aal3, minutes(15))] {
        let site = Site::new().profile(profile);
        let mut browser = Browser::new(&site.router());
        assert_eq!(browser.try_to_sign_in("alice").await, FORBIDDEN);
        browser.post("/first").await;
        assert_eq!(browser.status_of_post("/second").await, OK);
        let proven = browser.status_of_post("/prove").await;
        assert_eq!(proven, if profile == Profile::Aal2 { OK } else { FORBIDDEN }, "{profile:?}");
        site.clock.advance(idle);
        assert!(!browser.is_signed_in().await, "{profile:?}");
    }
}
