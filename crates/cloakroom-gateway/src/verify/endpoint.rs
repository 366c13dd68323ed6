//! The doors at which proxies ask.

use axum::body::Body;
use axum::response::Response;
use cloakroom::ClientAddress;
use http::{Method, Request, StatusCode};

use crate::peer::Peer;
use crate::proxy::{Kind, kind};
use crate::routes::{Asked, Detour, Gateway, Problem, Verdict, judge, not_allowed, tell_program};
use crate::verify::answer::{lead, pass, problem, refuse};
use crate::verify::cookies;
use crate::verify::family::Family;
use crate::verify::question::Question;
use crate::web::headers;

/// Answers a proxy; `door` is what follows `/_cloakroom/verify/` in the raw path.
///
/// # Security
/// Only proxies that are trusted are answered, and this machine. No body is waited for. Whatever goes wrong, the request does not pass.
pub(crate) async fn answer(gateway: &Gateway, door: &str, request: Request<Body>) -> Response {
    let Some((family, path)) = Family::of(door) else {
        return problem(StatusCode::NOT_FOUND, "no_such_proxy");
    };
    match ask(gateway, family, path, request).await {
        Ok(response) => response,
        Err(refused) => refuse(family, refused),
    }
}

/// Lets a request pass, or says with what it is refused.
async fn ask(
    gateway: &Gateway,
    family: Family,
    path: &str,
    request: Request<Body>,
) -> Result<Response, Response> {
    if family != Family::Envoy && !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
    }
    let peer = request.extensions().get::<Peer>().map(|Peer(peer)| peer.ip());
    let Some(peer) = peer.filter(|peer| gateway.asking_proxies.contains(peer.to_canonical())) else {
        tracing::warn!(?peer, "a proxy that is not among trusted_proxies asked whether a request may pass");
        return Err(problem(StatusCode::FORBIDDEN, "untrusted_proxy"));
    };
    let question = Question::read(family, path, &request).map_err(|bad| {
        tracing::warn!(?family, reason = %bad, "a proxy's question cannot be understood");
        problem(StatusCode::BAD_REQUEST, "bad_question")
    })?;
    let Some(app) = gateway.apps.at(&question.origin) else {
        tracing::warn!(?family, origin = %question.origin, "a proxy asked about an origin that is no application's");
        return Err(problem(StatusCode::BAD_REQUEST, "unknown_origin"));
    };
    let (mut parts, _body) = request.into_parts();
    let client = gateway.asking_proxies.client_address(peer, &parts.headers);
    parts.extensions.insert(ClientAddress(client));
    if family.joins_cookies() {
        cookies::part_joined(&mut parts.headers, &gateway.cookies);
    }
    family.mark_sockets(&mut parts.headers);
    let session = app.sessions.look_up(&mut parts).await;
    let asked = Asked { app, method: &question.method, target: &question.target, headers: &parts.headers };
    let detour = match judge(gateway, session, &asked).await {
        Ok(Verdict::Pass(member)) => {
            let identity = member.map(|member| member.identity(gateway, app)).transpose();
            let identity = identity.map_err(|_| problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable"))?;
            return Ok(pass(family, &app.app, identity, &parts.headers, &gateway.cookies));
        }
        Ok(Verdict::NotAllowed(member)) => {
            let mut response = not_allowed(gateway, &asked, &member);
            headers::write_page(response.headers_mut(), &gateway.page_policy);
            return Err(response);
        }
        Ok(Verdict::Forged) => return Err(problem(StatusCode::FORBIDDEN, "cross_site")),
        Ok(Verdict::StepUp) => Detour::to_step_up(&asked),
        Ok(Verdict::SignIn) | Err(Problem::SignIn) => Detour::to_sign_in(&asked),
        Err(Problem::Status(status)) => return Err(problem(status, "unavailable")),
    };
    let url = detour.url(gateway);
    Err(match kind(asked.headers) {
        Kind::Navigation => lead(family, detour.status, &url),
        Kind::Program | Kind::WebSocket => tell_program(&app.app.name, &url, detour.error),
    })
}
