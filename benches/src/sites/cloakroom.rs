//! cloakroom on its memory store.

use std::hint::black_box;

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use cloakroom::csrf::{self, CsrfCheck, CsrfToken};
use cloakroom::headers::SecurityHeaders;
use cloakroom::sealed::{KeyRing, SealKey};
use cloakroom::{
    CrossOrigin, Error, Lifetime, MemoryStore, Method, Renewal, Session, Sessions, SignedIn, Slot, Subject,
    hours, minutes,
};

use super::counted::{Calls, Counted};
use super::page::PAGE;
use crate::profile::Profile;

const PROFILE: Slot<Profile> = Slot::new("profile");

/// Longer than any measurement, so that no request is the one that has to write its activity down.
pub const NEVER: Lifetime = Lifetime::idle_absolute(hours(11), hours(12)).with_touch_window(hours(10));

/// With nothing that would ever be due.
pub fn cloakroom() -> Router {
    router(&Sessions::indexed(MemoryStore::new()).lifetime(NEVER))
}

/// With a touch window and a renewal period that are watched on every request.
pub fn watchful_cloakroom() -> Router {
    let lifetime = Lifetime::idle_absolute(minutes(30), hours(12));
    let sessions = Sessions::indexed(MemoryStore::new()).lifetime(lifetime);
    router(&sessions.renewal(Renewal::every(minutes(15))))
}

/// With the calls of its store counted.
pub fn cloakroom_counted() -> (Router, Calls) {
    let store = Counted::default();
    let calls = store.calls();
    (router(&Sessions::plain(store).lifetime(NEVER)), calls)
}

/// Sealed into the cookie, with the marks of ended sessions on the memory store.
pub fn sealed_cloakroom() -> Router {
    router(&Sessions::sealed(keys(), MemoryStore::new()).lifetime(NEVER))
}

/// Sealed into the cookie, and no store at all.
pub fn irrevocable_cloakroom() -> Router {
    router(&Sessions::irrevocable(keys(), hours(12)).lifetime(NEVER))
}

fn keys() -> KeyRing {
    KeyRing::new(SealKey::from_entropy(*b"32 octets that are not very wild"))
}

/// With the cross-origin check, tokens against forged requests and security header fields around it.
pub fn defended_cloakroom() -> Router {
    let sessions = Sessions::indexed(MemoryStore::new()).lifetime(NEVER);
    routes(post(sign_in_with_token))
        .layer(sessions.csrf_layer(CsrfCheck::new().insecure_exempt_path("/sign-in/0")))
        .layer(sessions.layer())
        .layer(sessions.cross_origin_layer(CrossOrigin::new()))
        .layer(SecurityHeaders::over_tls().layer())
}

/// On whatever store and with whatever lifetime these sessions have.
pub fn router<I>(sessions: &Sessions<I>) -> Router {
    routes(post(sign_in)).layer(sessions.layer())
}

fn routes(sign_in: MethodRouter) -> Router {
    Router::new()
        .route("/dashboard", get(dashboard).post(dashboard))
        .route("/public", get(async || PAGE))
        .route("/sign-in/{user}", sign_in)
}

async fn dashboard(user: SignedIn) -> Result<&'static str, Error> {
    black_box(user.get(PROFILE)?.ok_or(Error::NotSignedIn)?);
    Ok(PAGE)
}

async fn sign_in(session: Session, Path(user): Path<u64>) -> Result<(), Error> {
    let subject = Subject::new(&format!("user-{user}")).expect("a number makes a name");
    session.sign_in(subject, Method::Password).await?;
    session.set(PROFILE, &Profile::of(user))?;
    Ok(())
}

/// The answer tells the token that an unsafe request has to show.
async fn sign_in_with_token(session: Session, user: Path<u64>) -> Result<impl IntoResponse, Error> {
    sign_in(session.clone(), user).await?;
    Ok([(csrf::HEADER, CsrfToken::of(&session).await?.to_string())])
}
