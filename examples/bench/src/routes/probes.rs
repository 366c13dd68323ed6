//! Routes that wait, change the session several times, or end in odd ways.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use cloakroom::{Error, Method, Session, SignInAttempt, Subject};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::data::{A, count_up};
use super::reply;
use crate::app::App;

#[derive(Deserialize)]
pub(crate) struct Slow {
    gate: String,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Then {
    Read,
    Write,
    Incr,
    Renew,
    SignIn,
    SignOut,
}

/// Loads the session, waits at a gate, and only then does what it is asked to.
pub(crate) async fn slow(
    State(app): State<Arc<App>>,
    Query(slow): Query<Slow>,
    session: Session,
) -> Response {
    let attempt = match slow.then {
        Then::SignIn => match begin(&session).await {
            Ok(attempt) => Some(attempt),
            Err(error) => return error.into_response(),
        },
        _ => None,
    };
    app.gates.pass(&slow.gate).await;
    let result = match (slow.then, attempt) {
        (_, Some(attempt)) => attempt.finish(Method::Password).await,
        (then, None) => act(&session, then).await,
    };
    match (reply::outcome(&result), result) {
        (Some(outcome), _) => Json(json!({ "outcome": outcome })).into_response(),
        (None, result) => result.into_response(),
    }
}

/// A GET changes nothing but what reading changes.
pub(crate) async fn slow_read(app: State<Arc<App>>, Query(slow): Query<Slow>, session: Session) -> Response {
    if slow.then != Then::Read {
        return reply::error(StatusCode::BAD_REQUEST, "read_only");
    }
    self::slow(app, Query(slow), session).await
}

/// Begins a sign-in of the session's own subject, or of alice.
async fn begin(session: &Session) -> Result<SignInAttempt, Error> {
    let subject = session.subject().unwrap_or_else(alice);
    session.begin_sign_in(subject).await
}

fn alice() -> Subject {
    Subject::new("alice").expect("a plain name")
}

async fn act(session: &Session, then: Then) -> Result<(), Error> {
    let had_a_session = session.id().is_some();
    match then {
        Then::Write => {
            session.set(A, &"slow".to_owned())?;
            session.commit().await
        }
        Then::Incr => count_up(session).await,
        _ if !had_a_session => Err(Error::NotSignedIn),
        Then::Renew => session.renew().await,
        Then::SignOut => session.sign_out().await,
        Then::Read | Then::SignIn => {
            if session.is_live().await? {
                Ok(())
            } else {
                Err(Error::Gone)
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Twice {
    case: Case,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Case {
    LoginRenew,
    SetDelete,
    InOutIn,
    AppCookie,
}

pub(crate) async fn twice(Query(twice): Query<Twice>, session: Session) -> Result<Response, Error> {
    let done = Json(json!({ "outcome": "ok" }));
    match twice.case {
        Case::LoginRenew => {
            session.sign_in(alice(), Method::Password).await?;
            session.renew().await?;
        }
        Case::SetDelete => {
            session.set(A, &"briefly".to_owned())?;
            session.remove(A);
        }
        Case::InOutIn => {
            session.sign_in(alice(), Method::Password).await?;
            session.sign_out().await?;
            session.sign_in(alice(), Method::Password).await?;
        }
        Case::AppCookie => {
            session.sign_in(alice(), Method::Password).await?;
            return Ok(([(SET_COOKIE, "__Host-sid=by-the-handler; Path=/; Secure")], done).into_response());
        }
    }
    Ok(done.into_response())
}

#[derive(Deserialize)]
pub(crate) struct End {
    how: How,
    #[serde(rename = "do")]
    deed: Deed,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    #[serde(rename = "200")]
    Ok,
    #[serde(rename = "204")]
    NoContent,
    #[serde(rename = "303")]
    SeeOther,
    #[serde(rename = "404")]
    NotFound,
    #[serde(rename = "500")]
    ServerError,
    Panic,
    Stream,
    Head,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Renew,
    Login,
    Write,
}

pub(crate) async fn end(Query(end): Query<End>, session: Session) -> Result<Response, Error> {
    match end.deed {
        Deed::Renew => session.renew().await?,
        Deed::Login => session.sign_in(alice(), Method::Password).await?,
        Deed::Write => session.set(A, &"end".to_owned())?,
    }
    Ok(match end.how {
        How::Ok | How::Head => "ended\n".into_response(),
        How::NoContent => StatusCode::NO_CONTENT.into_response(),
        How::SeeOther => (StatusCode::SEE_OTHER, [(LOCATION, "/peek")]).into_response(),
        How::NotFound => StatusCode::NOT_FOUND.into_response(),
        How::ServerError => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        How::Panic => panic!("the handler was asked to panic"),
        How::Stream => {
            let parts = ["in ", "several ", "parts\n"]
                .map(|part| Ok::<_, Infallible>(Bytes::from_static(part.as_bytes())));
            Body::from_stream(stream::iter(parts)).into_response()
        }
    })
}
