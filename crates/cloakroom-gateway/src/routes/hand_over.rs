//! How an application's origin gets its own token of a session: three redirects, unseen by whoever is signed in.
//!
//! ```text
//! application  /_cloakroom/begin?to=PATH            gives the browser a secret to hold, sends it on with the challenge
//! sign-in      /_cloakroom/hand-over?app&challenge  offers the session, sends it back with a code
//! application  /_cloakroom/callback?code&to         takes the session over, and on it goes to PATH
//! ```
//! No cookie is set on an answer to a proxy's question, since half of the proxies lose it there.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cloakroom::audience::Challenge;
use cloakroom::{Error, Rejection, Session};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};

use crate::apps::{AppEntry, AppPath, Destination};
use crate::events;
use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::{see_other, to_sign_in};
use crate::web::{Fields, FlowSecret};

/// `GET /_cloakroom/begin?to=PATH` at an application's origin.
///
/// A secret that the browser holds already stays, so that tabs which begin at the same moment do not spoil each other's way.
pub(super) fn begin(
    gateway: &Gateway,
    app: &AppEntry,
    query: &Fields,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let to = path_to(query)?;
    if !app.needs_hand_over() {
        // A page from before they shared a cookie.
        return Ok(see_other(&format!("{}{}", app.origin, to.as_str())));
    }
    let (held, set_cookie) = FlowSecret::held_or_new(headers).map_err(Error::from)?;
    let challenge = URL_SAFE_NO_PAD.encode(Challenge::of_verifier(held.as_bytes()).as_octets());
    let host = gateway.apps.label_of(app).map(|label| format!("&host={label}")).unwrap_or_default();
    let mut response = see_other(&format!(
        "{}/_cloakroom/hand-over?app={}{host}&challenge={challenge}&to={}",
        gateway.public_url,
        app.app.name,
        to.encoded()
    ));
    if let Some(cookie) = set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `GET /_cloakroom/hand-over?app=NAME&challenge=TEXT&to=PATH` at the origin of the sign-in, with `host=LABEL` for an application of many
/// hosts.
///
/// # Security
/// Whoever sends a browser here gains nothing: the code goes to the application's origin, and the challenge there is the browser's own.
pub(super) async fn hand_over(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    Query(query): Query,
) -> Result<Response, Problem> {
    let to = AppPath::parse(query.one("to")?).unwrap_or_else(AppPath::root);
    let label = query.at_most_one("host")?;
    let app = gateway.apps.named(query.one("app")?, label).filter(|app| app.needs_hand_over());
    let app = app.ok_or(Problem::Status(StatusCode::NOT_FOUND))?;
    let challenge = URL_SAFE_NO_PAD.decode(query.one("challenge")?).ok();
    let challenge = challenge.and_then(|octets| <[u8; Challenge::LEN]>::try_from(octets).ok());
    let challenge = Challenge::from_octets(challenge.ok_or(Problem::Status(StatusCode::BAD_REQUEST))?);
    let session = session?;
    if session.subject().is_none() {
        return Ok(to_sign_in(Some(&Destination::App(app, to))));
    }
    let code = match gateway.installation.sessions().offer(&session, app.audience, challenge).await {
        Err(Error::ProofRequired) => {
            let back = Destination::App(app, to);
            return Ok(see_other(&Destination::behind("/_cloakroom/reauthenticate", Some(&back), &[])));
        }
        offered => offered?,
    };
    let code = std::str::from_utf8(code.expose()).unwrap_or_default();
    Ok(see_other(&format!("{}/_cloakroom/callback?code={code}&to={}", app.origin, to.encoded())))
}

/// `GET /_cloakroom/callback?code=CODE&to=PATH` at an application's origin.
///
/// A code that is worth nothing does no harm where the browser has a session already: another tab was faster, or somebody went back.
pub(super) async fn callback(
    app: &AppEntry,
    session: Result<Session, Rejection>,
    query: &Fields,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    events::at_app(&app.label);
    let (to, session) = (path_to(query)?, session?);
    let taken_over = match FlowSecret::held(headers).filter(|_| app.needs_hand_over()) {
        Some(held) => session.accept(query.one("code")?, Challenge::of_verifier(held.as_bytes())).await?,
        None => false,
    };
    if !taken_over && session.subject().is_none() {
        return Err(StatusCode::BAD_REQUEST.into());
    }
    // Behind the whole origin, since a browser takes a path of two slashes for a host.
    Ok(see_other(&format!("{}{}", app.origin, to.as_str())))
}

/// Any other route of ours at an application's origin: the sign-in has it.
pub(super) fn elsewhere(gateway: &Gateway, path: &str) -> Response {
    const PAGES: [&str; 3] = ["/_cloakroom/login", "/_cloakroom/logout", "/_cloakroom/account"];
    if PAGES.contains(&path) {
        return see_other(&format!("{}{path}", gateway.public_url));
    }
    Problem::Status(StatusCode::NOT_FOUND).into_response()
}

fn path_to(query: &Fields) -> Result<AppPath, Problem> {
    AppPath::parse(query.one("to")?).ok_or(Problem::Status(StatusCode::BAD_REQUEST))
}
