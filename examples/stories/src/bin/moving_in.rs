//! Users of a Rails application move in: nobody signs in again, and each old cookie is good once.
//!
//! From the surroundings: `SECRET_KEY_BASE` of the old application; `MARKS`, the file of what has moved in; `MOVING_IN_UNTIL`, in
//! seconds since 1970, when it is over.

use std::env;
use std::error::Error as StdError;

use axum::Router;
use axum::routing::get;
use cloakroom::moving::{MovedIn, MovingIn, OldSession};
use cloakroom::{Error, MemoryStore, Reauthenticated, Sessions, SignedIn, Slot, Subject, Timestamp};
use cloakroom_examples::{guarded, sign_in, users::Users};
use cloakroom_foreign::rails::{EncryptedCookie, Key};
use cloakroom_foreign::{ForeignCookie, OldCookie, Secret, Value, Verified};
use cloakroom_sql::SqliteStore;

/// The `key` of the old application's `session_store`.
const OLD_COOKIE: &str = "_myapp_session";

/// What the old application kept, and this one wants.
const IS_ADMIN: Slot<bool> = Slot::new("is_admin");

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let key = Key::new(&Secret::new(env::var("SECRET_KEY_BASE")?))?;
    let old = OldCookie::new(ForeignCookie::new(OLD_COOKIE)?, EncryptedCookie::new(OLD_COOKIE, &key));
    // A file of its own: the store of the sessions is emptied when everyone is signed out, and this must not be.
    let marks = SqliteStore::open(env::var("MARKS")?).await?;
    let until = Timestamp::from_millis(env::var("MOVING_IN_UNTIL")?.parse::<u64>()? * 1000);

    let sessions = guarded::on_localhost(Sessions::indexed(MemoryStore::new()))
        .moving_in(MovingIn::new(old, marks, until, whose));
    let routes = Router::new()
        .route("/", get(async |user: SignedIn| user.subject().to_string()))
        .route("/admin", get(admin))
        .route(
            "/safe",
            get(async |user: Reauthenticated| format!("{} was here a moment ago", user.subject())),
        )
        .merge(sign_in::routes(Users::only("alice")?));
    Ok(guarded::serve(routes, &sessions).await?)
}

/// Whose session of the old application it is. A real application looks the user up: they may be gone by now.
async fn whose(old: OldSession<Verified<Value>>) -> Result<Option<MovedIn>, Error> {
    let session = old.session.payload();
    let user = session.get("user_id").and_then(Value::as_integer).filter(|id| *id == 42).map(|_| "alice");
    let Some(subject) = user.and_then(|name| Subject::new(name).ok()) else {
        return Ok(None); // a visitor of the old application is one here
    };
    let roles = session.get("roles").and_then(Value::as_list).unwrap_or_default();
    let is_admin = roles.iter().any(|role| role.as_text() == Some("admin"));
    let mut moved_in = MovedIn::new(subject).with(IS_ADMIN, &is_admin)?;
    // Rails writes its cookie anew with every answer: all of them are this session.
    if let Some(id) = session.get("session_id").and_then(Value::as_text) {
        moved_in = moved_in.known_as(id.as_bytes());
    }
    Ok(Some(moved_in))
}

async fn admin(user: SignedIn) -> Result<String, Error> {
    Ok(if user.get(IS_ADMIN)?.unwrap_or_default() { "welcome" } else { "no" }.to_owned())
}
