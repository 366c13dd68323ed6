//! How to: short recipes. Each is compiled, and run where it says something.
//!
//! # Begin
//!
//! Sessions are set up once; their layer goes around the routes that have a session. The layers outside of it keep forged requests
//! and injected scripts away.
//! ```
//! use axum::{Router, routing::get};
//! use cloakroom::csrf::CsrfCheck;
//! use cloakroom::headers::SecurityHeaders;
//! use cloakroom::{CrossOrigin, MemoryStore, Sessions};
//!
//! let sessions = Sessions::indexed(MemoryStore::new()); // a store that outlives a restart: cloakroom-stores
//! let app: Router = Router::new()
//!     .route("/", get(async || "hello"))
//!     .layer(sessions.csrf_layer(CsrfCheck::new()))
//!     .layer(sessions.layer())
//!     .layer(sessions.cross_origin_layer(CrossOrigin::new()))
//!     .layer(SecurityHeaders::over_tls().layer()); // the last one is the outermost
//! ```
//!
//! # Sign in
//!
//! Begin before the password is checked: then the sign-in loses to a password change that happens meanwhile.
//! ```
//! use axum::{Form, http::StatusCode};
//! use cloakroom::{Error, Method, Session, Subject};
//! # #[derive(serde::Deserialize)] struct Login { user: String, password: String }
//! # async fn is_right(_: &Login) -> bool { true }
//!
//! async fn login(session: Session, Form(form): Form<Login>) -> Result<StatusCode, Error> {
//!     let Ok(subject) = Subject::new(&form.user) else { return Ok(StatusCode::UNAUTHORIZED) };
//!     let attempt = session.begin_sign_in(subject.clone()).await?;
//!     if !is_right(&form).await {
//!         session.sign_in_failed(Some(&subject), "password");
//!         return Ok(StatusCode::UNAUTHORIZED);
//!     }
//!     attempt.finish(Method::Password).await?; // durable, and the token from before is dead
//!     Ok(StatusCode::NO_CONTENT)
//! }
//! ```
//!
//! # One sign-in for several origins
//!
//! Each origin gets a token of its own for the one session, by a code that only its own browser can use; see
//! [`audience`](crate::audience). What ends the session ends it at all of them.
//! ```
//! use axum::{Router, routing::get};
//! use cloakroom::audience::Audience;
//! use cloakroom::{MemoryStore, Sessions, SignedIn};
//!
//! let sessions = Sessions::indexed(MemoryStore::new());
//! let wiki = sessions.at(Audience::of("https://wiki.example.org"));
//! let at_the_sign_in: Router = Router::new().layer(sessions.layer());
//! let at_the_wiki: Router =
//!     Router::new().route("/", get(async |user: SignedIn| user.subject().to_string())).layer(wiki.layer());
//! ```
//!
//! # Remember a user in this browser
//!
//! For users who tick the box. They are known again after the browser was closed, and are asked for a proof before what weighs more; see
//! [`remember`](crate::remember).
//! ```
//! use axum::{Form, http::StatusCode};
//! use cloakroom::remember::RememberMe;
//! use cloakroom::{Error, MemoryStore, Method, Session, Sessions, Subject};
//! # #[derive(serde::Deserialize)] struct Login { user: String, password: String, remember: Option<String> }
//! # async fn is_right(_: &Login) -> bool { true }
//!
//! let sessions = Sessions::indexed(MemoryStore::new()).remember_me(RememberMe::for_days(30));
//!
//! async fn login(session: Session, Form(form): Form<Login>) -> Result<StatusCode, Error> {
//!     let Ok(subject) = Subject::new(&form.user) else { return Ok(StatusCode::UNAUTHORIZED) };
//!     let attempt = session.begin_sign_in(subject).await?;
//!     if !is_right(&form).await {
//!         return Ok(StatusCode::UNAUTHORIZED);
//!     }
//!     let attempt = if form.remember.is_some() { attempt.remember_me() } else { attempt };
//!     attempt.finish(Method::Password).await?;
//!     Ok(StatusCode::NO_CONTENT)
//! }
//! ```
//!
//! # Sign out
//!
//! [`SignOut`](crate::SignOut) works, as far as it can, when the store is down too. By POST only.
//! ```
//! use cloakroom::{Error, SignOut};
//!
//! async fn logout(sign_out: SignOut) -> Result<(), Error> {
//!     sign_out.finish().await
//! }
//! ```
//!
//! # Say who must be there
//!
//! A handler takes what it needs, and is not called otherwise: [`Session`](crate::Session) for anybody,
//! [`SignedIn`](crate::SignedIn) for users, [`Reauthenticated`](crate::Reauthenticated) for users who have just proved who they are.
//! A page that is to be served while the store is down takes the `Result`.
//! ```
//! use cloakroom::{Reauthenticated, Rejection, Session, SignedIn};
//!
//! async fn account(user: SignedIn) -> String {
//!     user.subject().to_string()
//! }
//!
//! async fn delete_account(_: Reauthenticated) {}
//!
//! async fn front_page(session: Result<Session, Rejection>) -> &'static str {
//!     match session {
//!         Ok(session) if session.subject().is_some() => "welcome back",
//!         Ok(_) => "welcome",
//!         Err(_) => "welcome, and please try to sign in later",
//!     }
//! }
//! ```
//!
//! # Keep something in a session
//!
//! ```
//! use cloakroom::{Error, Session, Slot};
//!
//! const SEEN: Slot<u32> = Slot::new("seen");
//!
//! async fn count(session: Session) -> Result<String, Error> {
//!     // Two requests at the same time count two: it runs again on the newer value when another one wrote first.
//!     session.update(SEEN, |seen| Some(seen.unwrap_or_default() + 1))?;
//!     Ok(session.get(SEEN)?.unwrap_or_default().to_string())
//! }
//! ```
//!
//! # Change a password
//!
//! ```
//! use cloakroom::{Error, Method, Reauthenticated, Sessions};
//! use axum::extract::State;
//! # async fn write_new_password() {}
//!
//! async fn change(State(sessions): State<Sessions>, user: Reauthenticated) -> Result<(), Error> {
//!     write_new_password().await; // first, so that no sign-in with the old one comes after what follows
//!     sessions.sign_out_others(user.session()).await?;
//!     user.reauthenticate(Method::Password).await // this session goes on under a new token
//! }
//! ```
//!
//! # Show a user their sessions, and let them end one
//!
//! The handle is public. It opens nothing, and is looked up among the user's own.
//! ```
//! use axum::extract::{Path, State};
//! use axum::http::StatusCode;
//! use cloakroom::{Error, SessionId, Sessions, SignedIn};
//!
//! async fn list(State(sessions): State<Sessions>, user: SignedIn) -> Result<String, Error> {
//!     let of_user = sessions.list(user.subject()).await?;
//!     Ok(of_user.iter().map(|session| format!("{} {:?}\n", session.id, session.agent)).collect())
//! }
//!
//! async fn end(
//!     State(sessions): State<Sessions>,
//!     user: SignedIn,
//!     Path(id): Path<String>,
//! ) -> Result<StatusCode, Error> {
//!     let Ok(id) = id.parse::<SessionId>() else { return Ok(StatusCode::NOT_FOUND) };
//!     if sessions.list(user.subject()).await?.iter().all(|session| session.id != id) {
//!         return Ok(StatusCode::NOT_FOUND);
//!     }
//!     sessions.revoke(id).await?;
//!     Ok(StatusCode::NO_CONTENT)
//! }
//! ```
//!
//! # Put a token into a form, and a nonce onto a script
//!
//! ```
//! use axum::response::Html;
//! use cloakroom::csrf::{CsrfToken, FORM_FIELD};
//! use cloakroom::headers::Nonce;
//!
//! async fn page(token: CsrfToken, nonce: Nonce) -> Html<String> {
//!     Html(format!(
//!         r#"<form method="post"><input type="hidden" name="{FORM_FIELD}" value="{token}"><button>Go</button></form>
//!            <script nonce="{nonce}">console.log("ours")</script>"#
//!     ))
//! }
//! ```
//!
//! # Keep a socket or a stream no longer than its session
//!
//! ```
//! use cloakroom::{Error, SignedIn};
//! # async fn next_message() -> Option<String> { None }
//! # async fn send(_: String) {}
//!
//! async fn stream(user: SignedIn) -> Result<(), Error> {
//!     while let Some(message) = next_message().await {
//!         if !user.is_live().await? {
//!             break; // signed out, revoked or expired meanwhile
//!         }
//!         send(message).await;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Develop on plain HTTP
//!
//! ```
//! use std::net::SocketAddr;
//!
//! use cloakroom::{CookiePolicy, MemoryStore, Sessions};
//!
//! let sessions = Sessions::indexed(MemoryStore::new()).cookie(CookiePolicy::insecure_for_localhost("sid"));
//! assert!(sessions.check_address(SocketAddr::from(([127, 0, 0, 1], 3000))).is_ok());
//! assert!(sessions.check_address(SocketAddr::from(([0, 0, 0, 0], 3000))).is_err(), "never for others");
//! ```
//!
//! # Test an application
//!
//! Time is an argument, so a test moves it: `ManualClock` of `cloakroom-testkit` does.
//! ```
//! use axum::body::Body;
//! use axum::http::{Request, StatusCode};
//! use axum::{Router, routing::{get, post}};
//! use cloakroom::{MemoryStore, Method, Session, Sessions, SignedIn, Subject, Timestamp, minutes};
//! use cloakroom_testkit::clock::ManualClock;
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let clock = ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000));
//! let sessions = Sessions::indexed(MemoryStore::new()).clock(clock.clone());
//! let alice = Subject::new("alice").expect("a plain name");
//! let app: Router = Router::new()
//!     .route("/login", post(async |session: Session| session.sign_in(alice, Method::Password).await))
//!     .route("/me", get(async |user: SignedIn| user.subject().to_string()))
//!     .layer(sessions.layer());
//!
//! let login = Request::post("/login").body(Body::empty()).unwrap();
//! let answer = app.clone().oneshot(login).await.unwrap();
//! let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
//! let me = || Request::get("/me").header("cookie", &cookie).body(Body::empty()).unwrap();
//! assert_eq!(app.clone().oneshot(me()).await.unwrap().status(), StatusCode::OK);
//!
//! clock.advance(minutes(31));
//! assert_eq!(app.oneshot(me()).await.unwrap().status(), StatusCode::UNAUTHORIZED, "the idle timeout");
//! # });
//! ```
//!
//! # Hear what happens
//!
//! Events are written as `tracing` events of the target `cloakroom::security` in any case; a sink gets them as values.
//! ```
//! use cloakroom::{EventKind, EventSink, MemoryStore, SecurityEvent, Sessions};
//!
//! struct Alarm;
//!
//! impl EventSink for Alarm {
//!     fn record(&self, event: &SecurityEvent) {
//!         if event.kind == EventKind::Reused {
//!             // hand it over to whoever is on call; this is the path of the request, so be quick
//!         }
//!     }
//! }
//!
//! let sessions = Sessions::indexed(MemoryStore::new()).events(Alarm);
//! ```
//!
//! # Move in from another system
//!
//! See [`moving`](crate::moving), and the crate `cloakroom-foreign` for eleven systems.
