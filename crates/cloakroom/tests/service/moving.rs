//! Users of another system move in: once, and never after a sign-out.

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use axum::routing::{get, post};
use cloakroom::moving::{MovedIn, MovingIn, OldSession, OldSessions};
use cloakroom::sealed::{KeyRing, SealKey};
use cloakroom::store::CapPolicy;
use cloakroom::{
    Error, EventKind, EventSink, MemoryStore, Method, Reauthenticated, SecurityEvent, Session, Sessions,
    SignOut, SignedIn, Slot, Subject, Timestamp, hours,
};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::faults::{Faulty, Mode};
use tower::ServiceExt as _;

const NOW: Timestamp = Timestamp::from_millis(1_735_689_600_000);
const THEME: Slot<String> = Slot::new("theme");
const CART: Slot<u32> = Slot::new("cart").kept_at_sign_in();
const SID: &str = "__Host-sid=";

/// A system whose cookie `old` holds `<user>.<session>.<nonce>`, and which believes all but those that begin with `forged`.
struct Old;

impl OldSessions for Old {
    type Session = String;

    fn read(&self, cookie_lines: &[&[u8]], _: Timestamp) -> Option<OldSession<String>> {
        let mut pairs = cookie_lines.iter().flat_map(|line| line.split(|octet| *octet == b';'));
        let value = pairs.find_map(|pair| pair.trim_ascii().strip_prefix(b"old="))?;
        let text = str::from_utf8(value).ok().filter(|text| !text.starts_with("forged"))?;
        let mut fingerprint = [0; 32];
        fingerprint[..text.len()].copy_from_slice(text.as_bytes());
        Some(OldSession { session: text.to_owned(), fingerprint })
    }

    fn removals(&self) -> Vec<HeaderValue> {
        vec![HeaderValue::from_static("old=; Path=/; Max-Age=0")]
    }
}

/// What an application does: visitors stay visitors, and a session has its ID.
async fn map(old: OldSession<String>) -> Result<Option<MovedIn>, Error> {
    let mut parts = old.session.split('.');
    let user = parts.next().filter(|user| *user != "visitor").and_then(|user| Subject::new(user).ok());
    let Some(user) = user else { return Ok(None) };
    let moved_in = MovedIn::new(user).with(THEME, &"dark".to_owned())?;
    Ok(Some(match parts.next() {
        Some(id) => moved_in.known_as(id.as_bytes()),
        None => moved_in,
    }))
}

fn moving() -> MovingIn {
    MovingIn::new(Old, MemoryStore::new(), NOW.after(hours(24)), map)
}

fn sessions(moving: MovingIn) -> Sessions {
    Sessions::indexed(MemoryStore::new()).clock(ManualClock::starting_at(NOW)).moving_in(moving)
}

fn application<I>(sessions: &Sessions<I>) -> Router {
    Router::new()
        .route(
            "/me",
            get(async |user: SignedIn| format!("{} {}", user.subject(), user.authentication().method)),
        )
        .route("/theme", get(async |user: SignedIn| user.get(THEME).ok().flatten().unwrap_or_default()))
        .route("/cart", post(async |session: Session| session.set(CART, &7).map_err(Error::from)))
        .route(
            "/cart",
            get(async |session: Session| session.get(CART).ok().flatten().unwrap_or_default().to_string()),
        )
        .route("/safe", get(async |_: Reauthenticated| "the family silver"))
        .route(
            "/login",
            post(async |session: Session| session.sign_in(subject("bob"), Method::Password).await),
        )
        .route("/logout", post(async |sign_out: SignOut| sign_out.finish().await))
        .route("/public", get(async || "anybody"))
        .layer(sessions.layer())
}

fn subject(name: &str) -> Subject {
    Subject::new(name).expect("a plain name")
}

async fn send(app: &Router, verb: &str, path: &str, cookies: &str) -> Response<Body> {
    let request = Request::builder().method(verb).uri(path).header("cookie", cookies);
    let request = request.body(Body::empty()).expect("a request of plain text");
    app.clone().oneshot(request).await.expect("the application answers")
}

async fn status(app: &Router, path: &str, cookies: &str) -> StatusCode {
    send(app, "GET", path, cookies).await.status()
}

async fn text(answer: Response<Body>) -> String {
    let body = to_bytes(answer.into_body(), 1000).await.expect("a short body");
    String::from_utf8(body.to_vec()).expect("text")
}

fn cookies_set(answer: &Response<Body>) -> Vec<&str> {
    let lines = answer.headers().get_all("set-cookie").iter();
    lines.map(|line| line.to_str().expect("a cookie is ASCII")).collect()
}

/// The pair that the browser sends from now on.
fn session_of(answer: &Response<Body>) -> String {
    let lines = cookies_set(answer);
    let line = lines.iter().find(|line| line.starts_with(SID)).expect("a session is set");
    line.split(';').next().expect("a pair").to_owned()
}

fn takes_old_away(answer: &Response<Body>) -> bool {
    cookies_set(answer).contains(&"old=; Path=/; Max-Age=0")
}

#[tokio::test]
async fn a_user_of_the_old_system_is_signed_in_before_the_handler_runs_and_the_old_cookie_goes() {
    let app = application(&sessions(moving()));
    let answer = send(&app, "GET", "/me", "old=alice").await;
    assert!(takes_old_away(&answer));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let session = session_of(&answer);
    assert_eq!(text(answer).await, "alice remembered");
    let next = send(&app, "GET", "/theme", &session).await;
    assert!(cookies_set(&next).is_empty());
    assert_eq!(text(next).await, "dark", "what the user brought along");
}

#[tokio::test]
async fn without_the_setting_an_old_cookie_is_any_cookie() {
    let app = application(&Sessions::indexed(MemoryStore::new()));
    let answer = send(&app, "GET", "/me", "old=alice").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(cookies_set(&answer).is_empty());
}

#[tokio::test]
async fn a_cookie_that_is_not_believed_or_is_nobodys_stays_and_signs_nobody_in() {
    let app = application(&sessions(moving()));
    for cookie in ["old=forged", "old=visitor", "other=alice"] {
        let answer = send(&app, "GET", "/me", cookie).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{cookie}");
        assert!(cookies_set(&answer).is_empty(), "{cookie}");
    }
}

#[tokio::test]
async fn a_route_that_asks_for_no_session_leaves_the_old_cookie_alone() {
    let app = application(&sessions(moving()));
    assert!(cookies_set(&send(&app, "GET", "/public", "old=alice").await).is_empty());
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::OK);
}

#[tokio::test]
async fn who_moved_in_has_proved_nothing_lately() {
    let app = application(&sessions(moving()));
    let answer = send(&app, "GET", "/safe", "old=alice").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(status(&app, "/safe", &session_of(&answer)).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_old_cookie_signs_in_once_on_all_nodes_and_not_after_a_sign_out() {
    let (moving, store) = (moving(), ModelStore::new());
    let node = || {
        let sessions = Sessions::indexed(store.clone()).clock(ManualClock::starting_at(NOW));
        application(&sessions.moving_in(moving.clone()))
    };
    let (here, there) = (node(), node());
    let session = session_of(&send(&here, "GET", "/me", "old=alice").await);
    assert_eq!(status(&there, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&here, "POST", "/logout", &session).await.status(), StatusCode::OK);
    for app in [&here, &there] {
        let answer = send(app, "GET", "/me", "old=alice").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(cookies_set(&answer).is_empty());
    }
}

#[tokio::test]
async fn of_two_requests_at_the_same_time_one_moves_in() {
    let app = application(&sessions(moving()));
    let both = tokio::join!(status(&app, "/me", "old=alice"), status(&app, "/me", "old=alice"));
    let moved_in = [both.0, both.1].iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(moved_in, 1, "{both:?}");
}

#[tokio::test]
async fn all_cookies_of_a_session_that_has_an_id_are_good_once_together() {
    let app = application(&sessions(moving()));
    assert_eq!(status(&app, "/me", "old=alice.s1.a").await, StatusCode::OK);
    assert_eq!(status(&app, "/me", "old=alice.s1.b").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&app, "/me", "old=alice.s2.a").await, StatusCode::OK, "another browser");
}

#[tokio::test]
async fn an_old_cookie_beside_a_session_is_used_up_so_that_signing_out_is_the_end() {
    let app = application(&sessions(moving()));
    let bob = session_of(&send(&app, "POST", "/login", "").await);
    let answer = send(&app, "GET", "/me", &format!("{bob}; old=alice")).await;
    assert!(takes_old_away(&answer));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(text(answer).await, "bob password", "the session that is there goes on");
    assert_eq!(send(&app, "POST", "/logout", &bob).await.status(), StatusCode::OK);
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_sign_out_with_nothing_but_the_old_cookie_ends_it_too() {
    let app = application(&sessions(moving()));
    let answer = send(&app, "POST", "/logout", "old=alice").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(takes_old_away(&answer));
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_cart_from_before_the_moving_in_is_kept() {
    let app = application(&sessions(moving()));
    let visitor = session_of(&send(&app, "POST", "/cart", "").await);
    let answer = send(&app, "GET", "/cart", &format!("{visitor}; old=alice")).await;
    assert_ne!(session_of(&answer), visitor);
    assert_eq!(text(answer).await, "7");
    assert_eq!(text(send(&app, "GET", "/cart", &visitor).await).await, "0", "the visitor's token is dead");
}

#[tokio::test]
async fn after_a_revocation_nobody_moves_in_as_its_subject() {
    let sessions = sessions(moving());
    let app = application(&sessions);
    sessions.revoke_subject(&subject("alice")).await.expect("the store works");
    assert_eq!(status(&app, "/me", "old=alice.new").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&app, "/me", "old=carol").await, StatusCode::OK);
    sessions.revoke_everyone().await.expect("the store works");
    assert_eq!(status(&app, "/me", "old=dave").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_sealed_session_moves_in_as_well_and_a_revocation_holds() {
    let keys = KeyRing::new(SealKey::from_entropy(std::array::from_fn(|at| {
        7 * u8::try_from(at).expect("32 octets")
    })));
    let sealed =
        Sessions::sealed(keys, MemoryStore::new()).clock(ManualClock::starting_at(NOW)).moving_in(moving());
    let app = application(&sealed);
    let session = session_of(&send(&app, "GET", "/me", "old=alice").await);
    assert_eq!(text(send(&app, "GET", "/me", &session).await).await, "alice remembered");
    sealed.revoke_subject(&subject("alice")).await.expect("the store works");
    assert_eq!(status(&app, "/me", &session).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&app, "/me", "old=alice.other").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_moving_in_ends_at_its_moment() {
    let clock = ManualClock::starting_at(NOW);
    let sessions = Sessions::indexed(MemoryStore::new()).clock(clock.clone()).moving_in(moving());
    let app = application(&sessions);
    clock.advance(hours(24));
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn while_the_marks_cannot_be_asked_the_answer_is_503_and_the_old_cookie_stays_good() {
    let marks = Faulty::new(MemoryStore::new());
    let switch = marks.switch();
    let moving = MovingIn::new(Old, marks, NOW.after(hours(24)), map);
    let app = application(&sessions(moving));
    switch.set(Mode::Down);
    let answer = send(&app, "GET", "/me", "old=alice").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(cookies_set(&answer).is_empty());
    assert_eq!(status(&app, "/public", "old=alice").await, StatusCode::OK);
    switch.set(Mode::Ok);
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::OK);
}

#[tokio::test]
async fn a_mapping_that_fails_is_no_visitor() {
    let is_down = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&is_down);
    let moving = MovingIn::new(Old, MemoryStore::new(), NOW.after(hours(24)), move |old| {
        let is_down = asked.load(Ordering::Relaxed);
        async move { if is_down { Err(std::io::Error::other("no database").into()) } else { lookup(old).await } }
    });
    let app = application(&sessions(moving));
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::SERVICE_UNAVAILABLE);
    is_down.store(false, Ordering::Relaxed);
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::OK);
}

async fn lookup(
    old: OldSession<String>,
) -> Result<Option<MovedIn>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(map(old).await?)
}

#[tokio::test]
async fn a_moving_in_that_the_cap_refuses_may_come_again() {
    let one = NonZeroUsize::MIN;
    let sessions = sessions(moving()).cap(one, CapPolicy::RefuseNew);
    let app = application(&sessions);
    let bob = session_of(&send(&app, "POST", "/login", "").await);
    assert_eq!(status(&app, "/me", "old=bob").await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&app, "POST", "/logout", &bob).await.status(), StatusCode::OK);
    assert_eq!(status(&app, "/me", "old=bob").await, StatusCode::OK);
}

#[tokio::test]
async fn on_navigations_only_a_fetch_stays_nobodys_and_the_page_moves_in() {
    let app = application(&sessions(moving().on_navigations_only()));
    let with_mode = async |mode: &str| {
        let request = Request::get("/me").header("cookie", "old=alice").header("sec-fetch-mode", mode);
        let request = request.body(Body::empty()).expect("a request of plain text");
        app.clone().oneshot(request).await.expect("the application answers").status()
    };
    assert_eq!(with_mode("cors").await, StatusCode::UNAUTHORIZED);
    assert_eq!(with_mode("navigate").await, StatusCode::OK);
}

/// A sign-out by `fetch` is no navigation, and has to be the end all the same.
#[tokio::test]
async fn on_navigations_only_an_old_cookie_beside_a_session_is_used_up_by_any_request() {
    let app = application(&sessions(moving().on_navigations_only()));
    let bob = session_of(&send(&app, "POST", "/login", "").await);
    let request = Request::post("/logout").header("cookie", format!("{bob}; old=alice"));
    let request =
        request.header("sec-fetch-mode", "cors").body(Body::empty()).expect("a request of plain text");
    let answer = app.clone().oneshot(request).await.expect("the application answers");
    assert_eq!((answer.status(), takes_old_away(&answer)), (StatusCode::OK, true));
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
}

/// Whoever revokes bars the subject first; here that comes after the bar was looked for, and the fence of the sign-in holds.
#[tokio::test]
async fn a_moving_in_that_is_under_way_loses_to_a_revocation() {
    let marks = Faulty::new(ModelStore::new());
    // The bars of everyone and of the subject are looked up, and then the cookie is marked.
    let held = marks.switch().hold_call(NonZeroU64::new(3).expect("three"));
    let sessions = sessions(MovingIn::new(Old, marks, NOW.after(hours(24)), map));
    let app = application(&sessions);
    let arrives = status(&app, "/me", "old=alice");
    let revokes = async {
        held.has_come().await;
        sessions.revoke_subject(&subject("alice")).await.expect("the store works");
        held.release();
    };
    let (status, ()) = tokio::join!(arrives, revokes);
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[derive(Default)]
struct Heard(std::sync::Mutex<Vec<(EventKind, Option<&'static str>)>>);

impl EventSink for Heard {
    fn record(&self, event: &SecurityEvent) {
        self.0.lock().expect("nobody panics with it").push((event.kind, event.reason));
    }
}

#[tokio::test]
async fn a_moving_in_and_the_replay_of_its_cookie_are_reported_once() {
    let heard = Arc::new(Heard::default());
    let app = application(&sessions(moving()).events(Arc::clone(&heard)));
    for _ in 0..3 {
        status(&app, "/me", "old=alice").await;
    }
    let heard = heard.0.lock().expect("nobody panics with it").clone();
    let expected = [
        (EventKind::SignedIn, Some("remembered")),
        (EventKind::MovedIn, None),
        (EventKind::MovingRefused, Some("used")),
    ];
    assert_eq!(heard, expected);
}

/// The name of a mark can be worked out from the old cookie; were it a session's, claiming it could remove it.
#[tokio::test]
async fn a_mark_in_the_store_of_sessions_is_no_session_and_stays() {
    let store = ModelStore::new();
    let moving = MovingIn::new(Old, store.clone(), NOW.after(hours(24)), map);
    let sessions = Sessions::indexed(store).clock(ManualClock::starting_at(NOW)).moving_in(moving);
    let app = application(&sessions);
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::OK);
    let mut fingerprint = [0; 32];
    fingerprint[..5].copy_from_slice(b"alice");
    let mark = cloakroom_core::MovingMark::of_cookie(&fingerprint).id();
    let claim = cloakroom_core::FreshSecret::from_entropy([9; 32]).into_text(mark);
    assert_eq!(
        status(&app, "/me", &format!("{SID}{}", claim.expose().escape_ascii())).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(status(&app, "/me", "old=alice").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_purge_removes_marks_when_the_moving_in_is_over_and_not_before() {
    let (clock, marks) = (ManualClock::starting_at(NOW), ModelStore::new());
    let moving = MovingIn::new(Old, marks.clone(), NOW.after(hours(24)), map);
    let sessions = Sessions::indexed(MemoryStore::new()).clock(clock.clone()).moving_in(moving);
    let app = application(&sessions);
    assert_eq!(status(&app, "/me", "old=alice.s").await, StatusCode::OK);
    let mark = cloakroom_core::MovingMark::of_session(b"s").id();
    let is_kept = async || cloakroom::store::Store::load(&marks, mark).await.expect("it works").is_some();
    clock.advance(hours(23));
    sessions.purge().await.expect("the store works");
    assert!(is_kept().await);
    clock.advance(hours(26));
    sessions.purge().await.expect("the store works");
    assert!(!is_kept().await);
}
