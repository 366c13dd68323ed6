//! Sessions for axum and tower services: signed out means signed out.
//!
//! ```
//! use axum::{Router, routing::{get, post}};
//! use cloakroom::{CookiePolicy, Error, Lifetime, MemoryStore, Method, Session, Sessions, SignOut, SignedIn, Slot};
//! use cloakroom::{Subject, hours, minutes};
//!
//! const CART: Slot<Vec<u32>> = Slot::new("cart").kept_at_sign_in();
//!
//! let sessions = Sessions::indexed(MemoryStore::new())
//!     .cookie(CookiePolicy::host("sid")) // __Host-sid; Secure; HttpOnly; Path=/; SameSite=Lax
//!     .lifetime(Lifetime::idle_absolute(minutes(30), hours(12)));
//! let app: Router = Router::new()
//!     .route("/login", post(login))
//!     .route("/logout", post(logout))
//!     .route("/account", get(account))
//!     .layer(sessions.layer());
//!
//! async fn login(session: Session) -> Result<(), Error> {
//!     let alice = Subject::new("alice").expect("a plain name");
//!     let attempt = session.begin_sign_in(alice).await?; // before the password is checked
//!     attempt.finish(Method::Password).await // a new token, the old one dead, durable
//! }
//!
//! async fn logout(sign_out: SignOut) -> Result<(), Error> {
//!     sign_out.finish().await
//! }
//!
//! async fn account(user: SignedIn) -> Result<String, Error> {
//!     let apples = user.get(CART)?.unwrap_or_default().len();
//!     Ok(format!("{} has {apples} things in the cart", user.subject()))
//! }
//! ```

pub mod assurance;
pub mod audience;
pub mod client;
pub mod csrf;
pub mod headers;
pub mod manual;
pub mod memory;
pub mod moving;
pub mod near;
pub mod remember;
pub mod sealed;

mod admission;
mod cross_origin;
mod doomed;
mod edit;
mod engine;
mod erased;
mod error;
mod event;
mod extract;
mod indexed;
mod info;
mod layer;
mod recent;
mod session;
mod sessions;
mod sign_in;
mod slot;
mod system;
mod turns;
mod upkeep;
mod values;
mod visit;

pub use client::ClientAddress;
pub use cloakroom_core::cookie;
pub use cloakroom_core::cookie::CookiePolicy;
pub use cloakroom_core::store;
pub use cloakroom_core::store::{CapPolicy, StoreError};
pub use cloakroom_core::{
    Authentication, Clock, Entropy, EntropyError, InvalidLifetime, InvalidSessionId, InvalidSubject,
    Lifetime, Method, Proof, Renewal, SessionId, Subject, Timestamp, hours, minutes, seconds,
};
pub use cross_origin::{
    CrossOrigin, CrossOriginLayer, CrossOriginRefusal, CrossOriginService, InvalidOrigin,
};
pub use engine::ReusePolicy;
pub use error::{Error, Rejection};
pub use event::{EventKind, EventSink, SecurityEvent};
pub use extract::{Reauthenticated, SignOut, SignedIn};
pub use info::SessionInfo;
pub use layer::{SessionFuture, SessionLayer, SessionService};
pub use memory::MemoryStore;
pub use near::{NearCache, NearOptions};
pub use session::Session;
pub use sessions::{Indexed, InsecureCookie, Plain, Sessions, Stored};
pub use sign_in::SignInAttempt;
pub use slot::{Slot, SlotError};
pub use system::{OsEntropy, SystemClock};
pub use visit::Presented;
