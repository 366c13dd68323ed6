//! Session cookies of other systems, read once: moving to cloakroom signs nobody out.
//!
//! An application that replaces another finds browsers that hold the old one's session cookies. This crate verifies such a cookie exactly
//! as its own system would and says what is in it. The application says whose session that is, signs them in with cloakroom, and removes
//! the old cookie. Nobody types a password, and after a few weeks the reader is taken out again.
//!
//! Nothing here writes a cookie of the old system, and nothing happens until an application makes a reader with the old key. Each system has
//! its own module. A reader reads one layout with one configuration; what does not verify is refused, and no other decoder gets to see it.
//!
//! # Systems
//!
//! | system | reader | vectors from | what is verified | what it gives |
//! |---|---|---|---|---|
//! | Rails | [`rails::EncryptedCookie`], [`rails::SignedCookie`] | Rails 7.1.5, 7.2, 8.0.2 | AES-256-GCM or HMAC, cookie name, expiry | the session |
//! | Django | [`django::SignedSession`], [`django::SignedCookie`], [`django::SignedValue`] | Django 5.2.19 | HMAC, salt, age | the session, or a value |
//! | Django with a store | [`django::StoredSession`] | | the shape only; the store's row is the proof | the key of the row |
//! | Flask | [`flask::SessionCookie`] | Flask 3.1.3, itsdangerous 2.2.0 | HMAC, salt, age | the session |
//! | Express | [`express::ExpressSession`] | express-session 1.19.0 | HMAC | the ID of the session |
//! | Express | [`express::CookieSession`] | cookie-session 2.1.1 | HMAC, cookie name | the session |
//! | gorilla | [`gorilla::SecureCookie`] | securecookie 1.1.2 | HMAC, cookie name, age, AES-CTR | the session, or its ID |
//! | iron-session | [`iron_session::IronSession`] | iron-session 8.0.4 | HMAC, expiry, AES-256-CBC | the session |
//! | Laravel | [`laravel::SessionCookie`] | Laravel 11 | HMAC or AES-GCM, cookie name | the ID of the session |
//! | Plug, Phoenix | [`plug::SessionCookie`] | `plug_crypto` c326c3c | HMAC or XChaCha20-Poly1305 | the session |
//! | Rack, Sinatra | [`rack::SessionCookie`] | rack-session 7acef42 | AES-256-GCM or HMAC, cookie name | the session |
//! | better-auth | [`better_auth::SessionToken`], [`better_auth::SessionData`] | better-auth 1.7.25 | HMAC; of the copy, expiry | the token, or a copy of the session |
//!
//! Every vector gets the verdict that its package gave it, and the same payload; every flipped bit of every good vector is refused, unless
//! the package takes the flipped text for the same cookie. Where a reader is stricter than its system, its module says so.
//!
//! Sessions in JSON are read whole. Of Ruby's Marshal, Erlang's terms and Go's gob, plain data is read and everything else refused: no
//! object is made and no class looked up. Python's pickle and PHP's `serialize` are refused. Sizes, nesting and decompression are bounded by
//! [`limits`], and MACs are compared in constant time.
//!
//! # How to
//!
//! An [`OldCookie`] is handed to the library's [`moving`](cloakroom::moving), which promises that each cookie is good once.
//!
//! ```
//! use std::collections::HashMap;
//!
//! use axum::body::Body;
//! use axum::http::header::{COOKIE, SET_COOKIE};
//! use axum::http::{Request, StatusCode};
//! use axum::{Router, routing::get};
//! use cloakroom::moving::{MovedIn, MovingIn, OldSession};
//! use cloakroom::{CookiePolicy, Error, MemoryStore, Sessions, SignedIn, Subject, Timestamp};
//! use cloakroom_foreign::express::ExpressSession;
//! use cloakroom_foreign::{ForeignCookie, ForeignSessionId, OldCookie, Secret, Verified};
//!
//! let reader = ExpressSession::new(&Secret::new("keyboard cat"))?; // from the old application's configuration
//! // The old store, such as the Redis of connect-redis: who is signed in under a session ID.
//! let old_store = HashMap::from([("HpsRjoBUwhlhi5F9m1zH2Hl7fJ9B9Y2q".to_owned(), "alice")]);
//! let until = Timestamp::from_millis(4_000_000_000_000);
//! let moving = MovingIn::new(
//!     OldCookie::new(ForeignCookie::new("connect.sid")?, reader),
//!     MemoryStore::new(), // the marks: a file or database of their own, when there is more than one process
//!     until,
//!     move |old: OldSession<Verified<ForeignSessionId>>| {
//!         // A real look-up also asks whether the row has expired and whether the user is still one.
//!         let user = old_store.get(old.session.payload().expose()).and_then(|user| Subject::new(user).ok());
//!         async { Ok::<_, Error>(user.map(MovedIn::new)) }
//!     },
//! );
//! let sessions =
//!     Sessions::indexed(MemoryStore::new()).cookie(CookiePolicy::host("sid")).moving_in(moving);
//! let app: Router = Router::new()
//!     .route("/", get(async |user: SignedIn| user.subject().to_string()))
//!     .layer(sessions.layer());
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # use tower::ServiceExt;
//! let from_a_browser = || {
//!     let cookie = "connect.sid=s%3AHpsRjoBUwhlhi5F9m1zH2Hl7fJ9B9Y2q.WoIKs0Kmo2UUVR5eDGHkuX6VAJn24OTV2%2FGNZ9ZYeGY";
//!     Request::get("/").header(COOKIE, cookie).body(Body::empty()).expect("a request")
//! };
//! let first = app.clone().oneshot(from_a_browser()).await?;
//! assert_eq!(first.status(), StatusCode::OK);
//! let set: Vec<_> = first.headers().get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok()).collect();
//! assert!(set.iter().any(|line| line.starts_with("__Host-sid=")));
//! assert!(set.contains(&"connect.sid=; Path=/; HttpOnly; Max-Age=0"));
//!
//! // A copy of the old cookie is worth nothing any more, also after alice has signed out.
//! let again = app.oneshot(from_a_browser()).await?;
//! assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
//! # Ok::<_, std::convert::Infallible>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Security
//!
//! - **Once.** Most of these cookies are good for as long as their key is, so that a copy would undo a sign-out. The library keeps a mark
//!   for the [`Fingerprint`] of each that was used. A system that writes its cookie anew on every answer leaves several good copies of one
//!   session: where the payload has an ID of the session (Rails' `session_id`), give it to
//!   [`MovedIn::known_as`](cloakroom::moving::MovedIn::known_as).
//! - **Briefly.** Take the reader out after as long as the old sessions lived. Until then whoever has the old key can sign in as anyone, as
//!   before.
//! - **The old key is taken as it is.** It is refused only where the old system would not have started with it. A well-known key (`secret`,
//!   `keyboard cat`) lets anybody forge any user's cookie here as there: then let users sign in again.
//! - **The mapping decides.** A payload says what the old application wrote, not that the user still exists, may sign in, or has passed a second
//!   factor. An anonymous session (a cart, a CSRF token) has a payload too.

pub mod better_auth;
pub mod django;
pub mod express;
pub mod flask;
pub mod gorilla;
pub mod iron_session;
pub mod laravel;
pub mod limits;
pub mod plug;
pub mod rack;
pub mod rails;

mod cookie;
mod crypto;
mod moving;
mod python;
mod refusal;
mod ruby;
mod value;
mod verified;

pub use cloakroom_core::Timestamp;
pub use cloakroom_core::cookie::CookieError;
pub use cookie::ForeignCookie;
pub use crypto::{Digest, InvalidKey, Secret};
pub use moving::{CookieReader, OldCookie, OldCookieSession};
pub use refusal::Refusal;
pub use ruby::Serialization;
pub use value::Value;
pub use verified::{Fingerprint, ForeignSessionId, Verified};
