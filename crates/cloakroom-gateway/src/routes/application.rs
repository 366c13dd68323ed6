//! Every path that is not ours: the applications behind the gateway.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use cloakroom::{ClientAddress, Rejection, Session};
use http::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method, StatusCode};

use crate::apps::{AppEntry, Demand, Destination};
use crate::config::AppName;
use crate::events;
use crate::lasting::View;
use crate::metrics::Door;
use crate::pages::{Language, NotAllowedPage};
use crate::proxy::{Application, Forwarded, Identity, Kind, Life, kind};
use crate::routes::gate::{Asked, Detour, Verdict, judge, way_back};
use crate::routes::gateway::{Gateway, html};
use crate::routes::member::Member;
use crate::routes::problem::Problem;
use crate::web::{RequestId, json_error};

const LOGIN: HeaderName = HeaderName::from_static("x-cloakroom-login");

/// Marks a response of the application, which keeps its own header fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct FromApplication;

/// Hands a request on to an application, and leads whoever has to sign in first.
pub(super) async fn forward(
    gateway: &Gateway,
    app: &Arc<AppEntry>,
    session: Result<Session, Rejection>,
    request: Request,
) -> Result<Response, Problem> {
    let Some(upstream) = &app.upstream else { return Err(StatusCode::NOT_FOUND.into()) };
    if is_own(request.uri().path()) {
        return Err(StatusCode::NOT_FOUND.into());
    }
    // It would show a script what is added on the way, such as a token. RFC 9110 9.3.8
    if request.method() == Method::TRACE {
        return Err(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    events::at_app(&app.label);
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let asked = Asked { app, method: request.method(), target, headers: request.headers() };
    let judged = judge(gateway, session, &asked).await;
    let metrics = gateway.installation.metrics();
    metrics.verified(Door::Proxy, Verdict::decision(&judged));
    let detour = match judged? {
        Verdict::Pass(member) => {
            let identity = member.as_ref().map(|member| member.identity(gateway, app)).transpose()?;
            let life = Life {
                lasting: gateway.lasting.clone(),
                session: member.map(|member| member.id),
                retirement: app.retirement.clone(),
                view: app
                    .has_limits()
                    .then(|| View { sessions: app.sessions.clone(), clock: gateway.installation.clock() }),
            };
            return Ok(hand_on(upstream, life, identity, request).await);
        }
        Verdict::Forged | Verdict::TwoSessions => return Err(StatusCode::FORBIDDEN.into()),
        Verdict::NotAllowed(member) => return Ok(not_allowed(gateway, &asked, &member)),
        Verdict::SignIn => Detour::to_sign_in(&asked),
        Verdict::StepUp => Detour::to_step_up(&asked),
    };
    if kind(request.headers()) != Kind::Navigation {
        return Ok(tell_program(&app.app.name, &detour.url(gateway), detour.error));
    }
    // At our own origin a path is enough, whatever name the browser knows us by.
    let location = if app.is_here { detour.path } else { detour.url(gateway) };
    let mut response = detour.status.into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

fn is_own(path: &str) -> bool {
    path.strip_prefix("/_cloakroom").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn hand_on(
    upstream: &Application,
    life: Life,
    identity: Option<Identity>,
    request: Request,
) -> Response {
    let extensions = request.extensions();
    let (Some(ClientAddress(client)), Some(request_id)) =
        (extensions.get::<ClientAddress>().copied(), extensions.get::<RequestId>().cloned())
    else {
        return Problem::Status(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let forwarded = Forwarded { identity, client, request_id: request_id.as_value().clone(), life };
    match upstream.forward(request, forwarded).await {
        Ok(mut response) => {
            response.extensions_mut().insert(FromApplication);
            response
        }
        Err(error) => {
            tracing::warn!(
                request = request_id.as_str(),
                error = &error as &dyn std::error::Error,
                "no response"
            );
            Problem::Status(error.status()).into_response()
        }
    }
}

/// Somebody is signed in, and may not go on.
pub(crate) fn not_allowed(gateway: &Gateway, asked: &Asked<'_>, member: &Member) -> Response {
    if kind(asked.headers) != Kind::Navigation {
        return json_error(StatusCode::FORBIDDEN, "forbidden");
    }
    let sign_out = format!("{}/_cloakroom/logout", gateway.public_url);
    let sign_out = Destination::behind(&sign_out, way_back(asked).as_ref(), &[]);
    let request_id = events::request_id();
    let page = NotAllowedPage {
        user: member.user.name.as_typed(),
        app: asked.app.app.name.as_str(),
        needed: &Demand::of(&asked.app.app, asked.path()).lacking(&member.user.profile.groups),
        sign_out: &sign_out,
        request_id: request_id.as_ref().map(RequestId::as_str),
    };
    let language = Language::asked_for(asked.headers);
    (StatusCode::FORBIDDEN, html(page.render(gateway.site(language)))).into_response()
}

/// What a script or a program gets instead of a page that it could not show.
pub(crate) fn tell_program(realm: &AppName, login: &str, error: &str) -> Response {
    let body = format!(r#"{{"error":"{error}","login_url":"{login}"}}"#);
    let mut response = (StatusCode::UNAUTHORIZED, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        (WWW_AUTHENTICATE, format!("Cloakroom realm=\"{realm}\", login=\"{login}\"")),
        (LOGIN, login.to_owned()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}
