//! Two nodes of one application, whose caches hear of nothing: no decision rests on a copy.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::post;
use cloakroom::csrf::CsrfToken;
use cloakroom::store::{Store, SubjectIndex};
use cloakroom::{
    CookiePolicy, Error, Lifetime, Method, NearCache, Reauthenticated, Rejection, Session, SessionId,
    Sessions, SignOut, SignedIn, Slot, hours, minutes,
};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::counted::Counted;
use http::header::{COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use tower::ServiceExt;

use crate::support::{BOUND, alice, clock, options};

const COUNT: Slot<u64> = Slot::new("count");

/// One node: the application behind its own cache.
struct Node(Router);

/// Two nodes on one store, with clocks of their own that nobody moves unless a test does.
fn nodes() -> (Node, Node, ManualClock, ModelStore) {
    let (store, clock) = (ModelStore::new(), clock());
    let node = || node(NearCache::new(store.clone(), options(&clock)), &clock);
    (node(), node(), clock, store)
}

fn node(store: impl SubjectIndex, clock: &ManualClock) -> Node {
    let sessions = Sessions::indexed(store)
        .cookie(CookiePolicy::host("sid"))
        .lifetime(Lifetime::idle_absolute(minutes(30), hours(12)))
        .clock(clock.clone());
    Node(
        Router::new()
            .route("/login", post(login))
            .route("/me", post(me))
            .route("/reauthenticate", post(reauthenticate))
            .route("/renew", post(renew))
            .route("/grave", post(grave))
            .route("/increment", post(increment))
            .route("/count", post(count))
            .route("/logout", post(logout))
            .route("/form", post(form))
            .route("/form/{token}", post(posted))
            .layer(sessions.layer()),
    )
}

async fn login(session: Session) -> Result<(), Error> {
    session.sign_in(alice(), Method::Password).await
}

async fn me(user: SignedIn) -> String {
    user.id().map(|id| id.to_string()).unwrap_or_default()
}

async fn reauthenticate(user: SignedIn) -> Result<(), Error> {
    user.reauthenticate(Method::Password).await
}

async fn renew(user: SignedIn) -> Result<(), Error> {
    user.renew().await
}

async fn grave(user: Result<Reauthenticated, Rejection>) -> Result<String, Rejection> {
    user.map(|user| user.subject().to_string())
}

async fn increment(user: SignedIn) -> Result<(), Error> {
    user.update(COUNT, |count| Some(count.unwrap_or(0) + 1))?;
    user.commit().await
}

async fn count(user: SignedIn) -> Result<String, Error> {
    Ok(user.get(COUNT)?.unwrap_or_default().to_string())
}

async fn logout(sign_out: SignOut) -> Result<(), Error> {
    sign_out.finish().await
}

async fn form(user: SignedIn) -> Result<String, Error> {
    Ok(CsrfToken::of(user.session()).await?.to_string())
}

async fn posted(user: SignedIn, Path(token): Path<String>) -> Result<String, Error> {
    Ok(CsrfToken::is_of(user.session(), &token).await?.to_string())
}

impl Node {
    /// Posts with this token; gives the status, and the token of the answer if it has one.
    async fn post(&self, path: &str, token: &str) -> (StatusCode, Option<String>) {
        let request = Request::post(path).header(COOKIE, format!("__Host-sid={token}"));
        let answer =
            self.0.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        let cookie = answer.headers().get(SET_COOKIE).map(|line| line.to_str().expect("text").to_owned());
        let token = cookie.map(|line| line.split(['=', ';']).nth(1).expect("a value").to_owned());
        (answer.status(), token.filter(|token| !token.is_empty()))
    }

    async fn body(&self, path: &str, token: &str) -> String {
        let request = Request::post(path).header(COOKIE, format!("__Host-sid={token}"));
        let answer =
            self.0.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("it works");
        let octets = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        String::from_utf8(octets.to_vec()).expect("text")
    }

    async fn status(&self, path: &str, token: &str) -> u16 {
        self.post(path, token).await.0.as_u16()
    }

    async fn token(&self, path: &str, token: &str) -> String {
        let (status, token) = self.post(path, token).await;
        assert!(status.is_success(), "{path}: {status}");
        token.unwrap_or_else(|| panic!("{path} hands out a token"))
    }

    /// A signed-in session that both nodes have a copy of.
    async fn signed_in(&self, other: &Self) -> String {
        let token = self.token("/login", "").await;
        for node in [self, other] {
            assert_eq!(node.status("/me", &token).await, 200);
        }
        token
    }
}

async fn only_session(store: &ModelStore) -> SessionId {
    let state = store.state();
    let (id, _) = state.sessions().next().expect("there is one");
    assert!(store.load(id).await.expect("it works").is_some());
    id
}

#[tokio::test]
async fn a_token_given_out_on_one_node_is_good_on_the_other_at_once() {
    for change in ["/reauthenticate", "/renew"] {
        let (here, there, ..) = nodes();
        let old = here.signed_in(&there).await;
        let new = here.token(change, &old).await;
        assert_eq!(there.status("/me", &new).await, 200, "{change}");
    }
}

#[tokio::test]
async fn a_session_ended_elsewhere_reads_until_the_bound_is_over_and_does_nothing_of_weight() {
    let (here, there, clock, store) = nodes();
    let token = here.signed_in(&there).await;
    assert_eq!(there.status("/grave", &token).await, 200);
    assert_eq!(there.status("/me", &token).await, 200);
    assert_eq!(here.status("/logout", &token).await, 200);
    assert_eq!(here.status("/me", &token).await, 401, "on this node at once");

    assert_eq!(there.status("/me", &token).await, 200, "the copy is in use, or this proves nothing");
    assert_eq!(there.status("/grave", &token).await, 401);
    assert_eq!(there.status("/me", &token).await, 401, "and what was found out so is remembered");
    clock.advance(BOUND);
    assert_eq!(there.status("/me", &token).await, 401);
    assert_eq!(store.state().sessions().count(), 0);
}

#[tokio::test]
async fn a_session_ended_elsewhere_writes_nothing_and_gets_no_token() {
    for change in ["/increment", "/reauthenticate", "/renew", "/login"] {
        let (here, there, _, store) = nodes();
        let token = here.signed_in(&there).await;
        let ended = only_session(&store).await;
        assert_eq!(here.status("/logout", &token).await, 200);
        assert_eq!(there.status("/me", &token).await, 200, "the copy is in use, or this proves nothing");
        let (status, new) = there.post(change, &token).await;
        let is_refused = new.is_none() && !status.is_success();
        assert!(is_refused, "{change}: {status}");
        assert!(store.state().sessions().all(|(id, _)| id != ended), "{change}");
    }
}

#[tokio::test]
async fn a_token_replaced_elsewhere_writes_nothing_here() {
    let (here, there, _, store) = nodes();
    let old = here.signed_in(&there).await;
    let new = here.token("/reauthenticate", &old).await;
    assert_eq!(here.status("/me", &new).await, 200);
    assert_eq!(there.status("/me", &old).await, 200, "the copy is in use, or this proves nothing");
    assert!(!there.post("/increment", &old).await.0.is_success());
    let row = store.load(only_session(&store).await).await.unwrap().unwrap().row;
    assert!(!row.body.windows(COUNT_NAME.len()).any(|octets| octets == COUNT_NAME), "no slot was written");
}

const COUNT_NAME: &[u8] = b"count";

/// A browser tab goes on asking with the cookie of a session that has expired, and somebody else guesses at one that has not.
#[tokio::test]
async fn a_token_that_is_refused_costs_one_load_where_there_is_no_copy() {
    let (here, _, _, store) = nodes();
    let token = here.token("/login", "").await;
    let behind = Counted::new(store);
    let counter = behind.counter();
    let guesser = node(NearCache::new(behind, options(&clock())), &clock());
    let wrong = format!("{}{}", &token[..32], "A".repeat(32));
    assert_eq!(guesser.status("/me", &wrong).await, 401);
    assert_eq!(counter.counts().loads, 1);
}

#[tokio::test]
async fn increments_on_both_nodes_lose_nothing() {
    let (here, there, ..) = nodes();
    let token = here.signed_in(&there).await;
    for _ in 0..20 {
        for node in [&here, &there] {
            assert_eq!(node.status("/increment", &token).await, 200);
        }
    }
    assert_eq!(here.body("/count", &token).await, "40");
}

/// The secret of a session's forms is written with its first form, which the other node's copy is older than.
#[tokio::test]
async fn a_form_made_on_one_node_can_be_posted_to_the_other_at_once() {
    let (here, there, ..) = nodes();
    let token = here.signed_in(&there).await;
    let form = here.body("/form", &token).await;
    assert_eq!(there.body("/count", &token).await, "0");
    assert_eq!(there.body(&format!("/form/{form}"), &token).await, "true");
    assert_eq!(there.body(&format!("/form/{}", "0".repeat(64)), &token).await, "false");
}

#[tokio::test]
async fn a_session_kept_alive_elsewhere_has_not_expired_here() {
    let (here, there, clock, _) = nodes();
    let token = here.signed_in(&there).await;
    clock.advance(Duration::from_millis(30 * 60_000 - 500));
    assert_eq!(there.status("/me", &token).await, 200, "touches, and would have a copy from before the next");
    clock.advance(Duration::from_millis(30 * 60_000 - 500));
    assert_eq!(here.status("/me", &token).await, 200);
    clock.advance(Duration::from_millis(600));
    assert_eq!(there.status("/me", &token).await, 200);
}
