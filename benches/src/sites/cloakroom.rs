//! cloakroom on its memory store.

use std::hint::black_box;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use cloakroom::{
    Error, Lifetime, MemoryStore, Method, Renewal, Session, Sessions, SignedIn, Slot, Subject, hours, minutes,
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

/// On whatever store and with whatever lifetime these sessions have.
pub fn router<I>(sessions: &Sessions<I>) -> Router {
    Router::new()
        .route("/dashboard", get(dashboard))
        .route("/public", get(async || PAGE))
        .route("/sign-in/{user}", post(sign_in))
        .layer(sessions.layer())
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
