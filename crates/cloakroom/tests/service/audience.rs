//! One sign-in, and other origins that take its session over.

use std::sync::Arc;

use axum::Form;
use axum::Router;
use axum::http::header::COOKIE;
use axum::http::{Request, StatusCode};
use axum::routing::post;
use cloakroom::audience::{Audience, AudienceLimits, AudienceRules, AudienceTokens, Challenge};
use cloakroom::{
    Clock, Error, Lifetime, MemoryStore, Presented, Session, Sessions, SignedIn, SystemClock, hours, minutes,
    seconds,
};
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::counted::{Counted, Counter};
use cloakroom_testkit::faults::{Faulty, Mode, Switch};
use serde::Deserialize;

use crate::site::{Browser, application};

const HELD: &[u8] = b"what the browser holds";

/// A sign-in, and a wiki and a shop beside it.
struct World {
    sessions: Sessions,
    sign_in: Router,
    wiki: Router,
    shop: Router,
    switch: Switch,
}

#[derive(Deserialize)]
struct Code {
    code: String,
    held: String,
}

fn wiki() -> Audience {
    Audience::of("https://wiki.example.org")
}

fn origin(sessions: &Sessions) -> Router {
    let accept = async |session: Session, Form(Code { code, held }): Form<Code>| {
        let accepted = session.accept(&code, Challenge::of_verifier(held.as_bytes())).await?;
        Ok::<_, Error>(if accepted { StatusCode::OK } else { StatusCode::BAD_REQUEST })
    };
    application(sessions.layer()).merge(Router::new().route("/accept", post(accept)).layer(sessions.layer()))
}

impl World {
    fn new() -> Self {
        let store = Faulty::new(MemoryStore::new());
        let switch = store.switch();
        let sessions = Sessions::indexed(store);
        let shop = sessions.at(Audience::of("https://shop.example.org"));
        Self {
            sign_in: origin(&sessions),
            wiki: origin(&sessions.at(wiki())),
            shop: origin(&shop),
            sessions,
            switch,
        }
    }

    /// A code for the wiki in this browser.
    async fn offer(&self, browser: &mut Browser) -> Result<String, Error> {
        let sessions = self.sessions.clone();
        let offer = async move |user: SignedIn| {
            let code = sessions.offer(&user, wiki(), Challenge::of_verifier(HELD)).await?;
            Ok::<_, Error>(String::from_utf8_lossy(code.expose()).into_owned())
        };
        let offering = Router::new().route("/offer", post(offer)).layer(self.sessions.layer());
        let mut same = Browser::with(&offering, &browser.cookie());
        let answer = same.post("/offer").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let body = axum::body::to_bytes(answer.into_body(), 100).await.expect("a short answer");
        Ok(String::from_utf8(body.to_vec()).expect("a code is text"))
    }

    /// Somebody who is signed in, at the sign-in's origin and at the wiki's.
    async fn at_both(&self) -> (Browser, Browser) {
        let mut home = Browser::signed_in(&self.sign_in, "alice").await;
        let code = self.offer(&mut home).await.expect("the session is offered");
        let mut there = Browser::new(&self.wiki);
        assert_eq!(accept(&mut there, &code).await, StatusCode::OK);
        (home, there)
    }
}

async fn accept(browser: &mut Browser, code: &str) -> StatusCode {
    let held = String::from_utf8_lossy(HELD).replace(' ', "%20");
    browser.status_of_form("/accept", format!("code={code}&held={held}")).await
}

#[tokio::test]
async fn a_session_that_was_handed_over_is_seen_at_both_origins_by_different_tokens() {
    let world = World::new();
    let (mut home, mut there) = world.at_both().await;
    assert!(home.is_signed_in().await && there.is_signed_in().await);
    assert_ne!(home.cookie(), there.cookie());
    assert_eq!(world.sessions.page(None, 9).await.unwrap().0.len(), 1, "one session");
}

#[tokio::test]
async fn a_token_is_worth_nothing_at_another_origin() {
    let world = World::new();
    let (home, there) = world.at_both().await;
    for (application, cookie) in [
        (&world.wiki, home.cookie()),
        (&world.shop, home.cookie()),
        (&world.shop, there.cookie()),
        (&world.sign_in, there.cookie()),
    ] {
        assert!(!Browser::with(application, &cookie).is_signed_in().await);
    }
    assert!(home.clone().is_signed_in().await, "and nobody is suspected");
}

#[tokio::test]
async fn a_code_is_good_once_and_in_its_own_browser() {
    let world = World::new();
    let mut home = Browser::signed_in(&world.sign_in, "alice").await;
    let code = world.offer(&mut home).await.unwrap();
    let mut other = Browser::new(&world.wiki);
    let stolen = other.status_of_form("/accept", format!("code={code}&held=nothing")).await;
    assert_eq!(stolen, StatusCode::BAD_REQUEST);
    assert_eq!(accept(&mut Browser::new(&world.shop), &code).await, StatusCode::BAD_REQUEST);
    assert_eq!(accept(&mut Browser::new(&world.sign_in), &code).await, StatusCode::BAD_REQUEST);
    assert_eq!(accept(&mut Browser::new(&world.wiki), &code).await, StatusCode::OK);
    assert_eq!(accept(&mut Browser::new(&world.wiki), &code).await, StatusCode::BAD_REQUEST);
    assert!(!Browser::with(&world.wiki, &code).is_signed_in().await, "a code is no token");
}

#[tokio::test]
async fn what_ends_the_session_ends_it_at_every_origin() {
    let world = World::new();
    let (mut home, mut there) = world.at_both().await;
    home.post("/logout").await;
    assert!(!there.is_signed_in().await);

    let (mut home, mut there) = world.at_both().await;
    there.post("/logout").await;
    assert!(!home.is_signed_in().await);

    let (home, mut there) = world.at_both().await;
    home.clone().sign_in("alice").await;
    assert!(!there.is_signed_in().await, "signing in again begins another session");
}

#[tokio::test]
async fn a_new_proof_takes_every_audiences_token_back() {
    let world = World::new();
    let (mut home, mut there) = world.at_both().await;
    home.post("/prove").await;
    assert!(home.is_signed_in().await);
    assert!(!there.is_signed_in().await);
}

#[tokio::test]
async fn nobody_signs_in_or_proves_anything_at_an_audience() {
    let world = World::new();
    let (_, mut there) = world.at_both().await;
    assert_eq!(there.status_of_post("/prove").await, StatusCode::FORBIDDEN);
    assert_eq!(there.try_to_sign_in("bob").await, StatusCode::FORBIDDEN);
    assert!(there.is_signed_in().await);
}

#[tokio::test]
async fn a_sign_out_at_an_audience_that_the_store_could_not_take_is_made_up_for() {
    let world = World::new();
    let (mut home, mut there) = world.at_both().await;
    let thief = there.clone();
    world.switch.set(Mode::Down);
    assert_eq!(there.status_of_post("/logout").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(there.jar, None);
    world.switch.set(Mode::Ok);
    assert!(!thief.clone().is_signed_in().await);
    assert!(!home.is_signed_in().await);
}

#[tokio::test]
async fn a_sign_out_at_an_audience_is_made_up_for_by_the_upkeep_of_all_though_nobody_comes_back_there() {
    let world = World::new();
    let (mut home, mut there) = world.at_both().await;
    world.switch.set(Mode::Down);
    assert_eq!(there.status_of_post("/logout").await, StatusCode::SERVICE_UNAVAILABLE);
    world.switch.set(Mode::Ok);
    world.sessions.make_up_for_sign_outs().await.unwrap();
    assert!(!home.is_signed_in().await);
}

#[tokio::test]
async fn whoever_is_known_to_have_signed_out_is_refused_at_every_origin_though_the_store_could_not_take_it() {
    let world = World::new();
    let (home, mut there) = world.at_both().await;
    let cookie = format!("__Host-sid={}", home.cookie());
    let (parts, ()) = Request::builder().header(COOKIE, cookie).body(()).unwrap().into_parts();
    let session = world.sessions.look_up(&parts).await.unwrap();
    world.switch.set(Mode::Down);
    assert!(session.sign_out().await.is_err());
    world.switch.set(Mode::Ok);
    assert!(!there.is_signed_in().await);
}

#[tokio::test]
async fn a_look_that_is_to_go_unnoticed_keeps_no_session_from_its_end() {
    let clock = Arc::new(ManualClock::starting_at(SystemClock::new().now()));
    let lifetime = Lifetime::idle_absolute(minutes(30), hours(12));
    let sessions = Sessions::indexed(MemoryStore::new()).lifetime(lifetime).clock(Arc::clone(&clock));
    let app = application(sessions.layer());
    let mut browser = Browser::signed_in(&app, "alice").await;
    let request =
        Request::builder().header(COOKIE, format!("__Host-sid={}", browser.cookie())).body(()).unwrap();
    let (parts, ()) = request.into_parts();
    let begun = sessions.look_at(&parts).await.unwrap();
    assert_eq!(begun.subject().unwrap().as_str(), "alice");
    for _ in 0..2 {
        clock.advance(minutes(14));
        let seen = sessions.look_at(&parts).await.unwrap();
        assert_eq!((seen.id(), seen.expires_at()), (begun.id(), begun.expires_at()), "no activity");
        assert_eq!(seen.created_at(), begun.created_at());
    }
    let noticed = sessions.look_up(&parts).await.unwrap();
    assert!(noticed.expires_at() > begun.expires_at(), "this is one");
    clock.advance(minutes(29));
    assert!(sessions.look_at(&parts).await.unwrap().subject().is_some());
    clock.advance(minutes(2));
    assert!(sessions.look_at(&parts).await.unwrap().subject().is_none(), "its time was up");
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_look_that_is_to_go_unnoticed_sees_no_session_in_two() {
    let world = World::new();
    let (alice, bob) =
        (Browser::signed_in(&world.sign_in, "alice").await, Browser::signed_in(&world.sign_in, "bob").await);
    let look = async |cookies: &str| {
        let request = Request::builder().header(COOKIE, cookies).body(()).unwrap();
        world.sessions.look_at(&request.into_parts().0).await.map(|session| session.presented())
    };
    let [alice, bob] = [alice, bob].map(|browser| format!("__Host-sid={}", browser.cookie()));
    assert_eq!(look(&format!("{alice}; {bob}")).await.unwrap(), Presented::Ambiguous);
    assert_eq!(look(&format!("{alice}; {alice}")).await.unwrap(), Presented::Live);
    assert_eq!(look(&format!("{alice}; __Host-sid=x")).await.unwrap(), Presented::Live);
    assert_eq!(look("__Host-sid=x").await.unwrap(), Presented::Malformed);
    assert_eq!(look("a=b").await.unwrap(), Presented::Absent);
    world.switch.set(Mode::Down);
    assert!(look(&alice).await.is_err(), "trouble is no visitor");
}

/// A sign-in with a clock that is moved, and a payroll beside it that is shut after a quarter of an hour.
struct Payroll {
    sessions: Sessions,
    rules: AudienceRules,
    clock: ManualClock,
    counter: Counter,
    home: Browser,
    there: Browser,
}

impl Payroll {
    async fn open(tokens: AudienceTokens) -> Self {
        let clock = ManualClock::starting_at(SystemClock::new().now());
        let lifetime = Lifetime::idle_absolute(hours(2), hours(12));
        let store = Counted::new(MemoryStore::new());
        let counter = store.counter();
        let sessions = Sessions::indexed(store).lifetime(lifetime).clock(clock.clone());
        let rules = AudienceRules::from(wiki())
            .by(tokens)
            .within(AudienceLimits::none().idle(minutes(15)).absolute(hours(8)));
        let home = Browser::signed_in(&origin(&sessions), "alice").await;
        let there = match tokens {
            AudienceTokens::ItsOwn => Browser::new(&origin(&sessions.at(rules))),
            AudienceTokens::TheSessions => Browser::with(&origin(&sessions.at(rules)), &home.cookie()),
        };
        Self { sessions, rules, clock, counter, home, there }
    }

    /// Takes the session over; `false` when a proof is asked for first.
    async fn take_over(&mut self) -> bool {
        let (sessions, rules) = (self.sessions.clone(), self.rules);
        let offer = async move |user: SignedIn| {
            let code = sessions.offer(&user, rules, Challenge::of_verifier(HELD)).await?;
            Ok::<_, Error>(String::from_utf8_lossy(code.expose()).into_owned())
        };
        let offering = Router::new().route("/offer", post(offer)).layer(self.sessions.layer());
        let answer = Browser::with(&offering, &self.home.cookie()).post("/offer").await;
        let is_offered = answer.status() == StatusCode::OK;
        assert!(is_offered || answer.status() == StatusCode::FORBIDDEN);
        let body = axum::body::to_bytes(answer.into_body(), 100).await.expect("a short answer");
        is_offered
            && accept(&mut self.there, std::str::from_utf8(&body).expect("a code is text")).await
                == StatusCode::OK
    }

    async fn prove(&mut self) {
        assert_eq!(self.home.post("/prove").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn an_audience_with_a_limit_shuts_by_itself_and_opens_by_a_proof_alone() {
    let mut payroll = Payroll::open(AudienceTokens::ItsOwn).await;
    assert!(payroll.take_over().await);
    for _ in 0..4 {
        payroll.clock.advance(minutes(14));
        assert!(payroll.there.is_signed_in().await, "whoever uses it stays");
    }
    for _ in 0..2 {
        payroll.clock.advance(minutes(9));
        assert!(payroll.home.is_signed_in().await);
    }
    assert!(!payroll.there.is_signed_in().await, "what is used elsewhere does not count");
    assert!(!payroll.take_over().await, "no hand-over opens it");
    assert!(payroll.home.is_signed_in().await, "and nothing else has ended");
    payroll.prove().await;
    assert!(payroll.take_over().await && payroll.there.is_signed_in().await);
}

#[tokio::test]
async fn an_audience_that_was_not_used_yet_counts_from_the_proof() {
    let mut payroll = Payroll::open(AudienceTokens::ItsOwn).await;
    payroll.clock.advance(minutes(16));
    assert!(!payroll.take_over().await);
    payroll.prove().await;
    assert!(payroll.take_over().await);
}

#[tokio::test]
async fn an_audience_that_the_cookie_is_shared_with_has_its_limits_all_the_same() {
    let mut payroll = Payroll::open(AudienceTokens::TheSessions).await;
    payroll.clock.advance(minutes(14));
    assert!(payroll.there.is_signed_in().await);
    payroll.clock.advance(minutes(16));
    assert!(payroll.home.is_signed_in().await);
    assert!(!payroll.there.is_signed_in().await);
    payroll.prove().await;
    let there = origin(&payroll.sessions.at(payroll.rules));
    assert!(Browser::with(&there, &payroll.home.cookie()).is_signed_in().await);
}

#[tokio::test]
async fn a_use_of_an_audience_with_a_limit_is_written_once_in_a_window() {
    let mut payroll = Payroll::open(AudienceTokens::ItsOwn).await;
    assert!(payroll.take_over().await);
    for (wait, writes) in
        [(minutes(0), 0), (seconds(59), 0), (seconds(2), 1), (seconds(59), 0), (minutes(3), 1)]
    {
        payroll.clock.advance(wait);
        let before = payroll.counter.counts();
        assert!(payroll.there.is_signed_in().await);
        let after = payroll.counter.counts();
        let written = after.replaces + after.touches - before.replaces - before.touches;
        assert_eq!(written, writes, "after {wait:?}");
    }
}

#[tokio::test]
async fn a_sign_out_that_the_store_could_not_take_is_made_up_for_where_the_cookie_is_shared() {
    let clock = ManualClock::starting_at(SystemClock::new().now());
    let store = Faulty::new(MemoryStore::new());
    let switch = store.switch();
    let sessions =
        Sessions::indexed(store).lifetime(Lifetime::idle_absolute(hours(2), hours(12))).clock(clock.clone());
    let rules = AudienceRules::from(wiki())
        .by(AudienceTokens::TheSessions)
        .within(AudienceLimits::none().absolute(minutes(5)));
    let (sign_in, there) = (origin(&sessions), origin(&sessions.at(rules)));
    for lapsed in [false, true] {
        let mut home = Browser::signed_in(&sign_in, "alice").await;
        let copy = home.cookie();
        switch.set(Mode::Down);
        assert_eq!(home.status_of_post("/logout").await, StatusCode::SERVICE_UNAVAILABLE);
        switch.set(Mode::Ok);
        if lapsed {
            clock.advance(minutes(6));
        }
        assert!(!Browser::with(&there, &copy).is_signed_in().await, "lapsed: {lapsed}");
        assert_eq!(sessions.page(None, 9).await.unwrap().0.len(), 0, "and its row is gone; lapsed: {lapsed}");
    }
}
