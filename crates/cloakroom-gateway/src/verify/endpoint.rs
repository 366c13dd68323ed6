//! The doors at which proxies ask.

use std::net::IpAddr;

use axum::response::Response;
use cloakroom::ClientAddress;
use http::request::Parts;
use http::{Method, StatusCode};

use crate::events::{self, EventKind};
use crate::metrics::Decision;
use crate::peer::Peer;
use crate::proxy::{Kind, kind};
use crate::routes::{Asked, Detour, Gateway, Problem, Verdict, judge, not_allowed, tell_program};
use crate::verify::answer::{lead, pass, problem, refuse};
use crate::verify::cookies;
use crate::verify::family::Family;
use crate::verify::question::Question;
use crate::web::headers;

/// Where all doors are.
const DOORS: &str = "/_cloakroom/verify/";

/// Answers a proxy that asks from `peer`; the door is what follows `/_cloakroom/verify/` in the raw path.
///
/// # Security
/// Only proxies that are trusted are answered, and this machine. No body is waited for. Whatever goes wrong, the request does not pass.
pub(crate) async fn answer(gateway: &Gateway, peer: Peer, parts: &mut Parts) -> Response {
    let Some((family, _)) = parts.uri.path().strip_prefix(DOORS).and_then(Family::of) else {
        return problem(StatusCode::NOT_FOUND, "no_such_proxy");
    };
    match ask(gateway, family, peer.0.ip(), parts).await {
        Ok(response) => response,
        Err(refused) => refuse(family, refused),
    }
}

/// Lets a request pass, or says with what it is refused.
async fn ask(
    gateway: &Gateway,
    family: Family,
    peer: IpAddr,
    parts: &mut Parts,
) -> Result<Response, Response> {
    let metrics = gateway.installation.metrics();
    let unanswered = || metrics.verified(family.door(), Decision::Refused);
    if family != Family::Envoy && !matches!(parts.method, Method::GET | Method::HEAD) {
        unanswered();
        return Err(problem(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
    }
    events::sent_from(peer);
    if !gateway.asking_proxies.contains(peer.to_canonical()) {
        tracing::warn!(%peer, "a proxy that is not among trusted_proxies asked whether a request may pass");
        unanswered();
        let event = gateway.installation.event(EventKind::UntrustedProxy).because(family.as_str());
        gateway.installation.record(event);
        return Err(problem(StatusCode::FORBIDDEN, "untrusted_proxy"));
    }
    let path = parts.uri.path().strip_prefix(DOORS).and_then(Family::of).map_or("", |(_, path)| path);
    let question = Question::read(family, path, parts).map_err(|bad| {
        tracing::warn!(?family, reason = %bad, "a proxy's question cannot be understood");
        unanswered();
        let event = gateway.installation.event(EventKind::BadQuestion).because(family.as_str());
        gateway.installation.record(event.detail(&bad));
        problem(StatusCode::BAD_REQUEST, "bad_question")
    })?;
    let Some(app) = gateway.apps.at(&question.origin) else {
        tracing::warn!(?family, origin = %question.origin, "a proxy asked about an origin that is no application's");
        unanswered();
        let event = gateway.installation.event(EventKind::BadQuestion).because(family.as_str());
        gateway.installation.record(event.detail(format_args!("about {}", question.origin)));
        return Err(problem(StatusCode::BAD_REQUEST, "unknown_origin"));
    };
    events::at_app(&app.label);
    let client = gateway.asking_proxies.client_address(peer, &parts.headers);
    events::sent_from(client);
    if family.joins_cookies() {
        cookies::part_joined(&mut parts.headers, &gateway.cookies);
    }
    family.mark_sockets(&mut parts.headers);
    let timing = metrics.session_check();
    let session = app.sessions.look_up_from(ClientAddress(client), parts).await;
    let asked =
        Asked { app: &app, method: &question.method, target: &question.target, headers: &parts.headers };
    let judged = judge(gateway, session, &asked).await;
    drop(timing);
    metrics.verified(family.door(), Verdict::decision(&judged));
    let detour = match judged {
        Ok(Verdict::Pass(member)) => {
            let identity = member.map(|member| member.identity(gateway, &app)).transpose();
            let identity = identity.map_err(|_| problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable"))?;
            return Ok(pass(family, &app.app, identity, &parts.headers, &gateway.cookies));
        }
        Ok(Verdict::NotAllowed(member)) => {
            let mut response = not_allowed(gateway, &asked, &member);
            headers::write_page(response.headers_mut(), &gateway.page_policy);
            return Err(response);
        }
        Ok(Verdict::TwoSessions) => return Err(problem(StatusCode::FORBIDDEN, "two_sessions")),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::events::{EventFilter, in_context};
    use crate::installation::Installation;
    use crate::places::Places;

    /// Whoever asks from this machine is trusted, so that a story has no other peer.
    #[tokio::test]
    async fn a_proxy_that_nobody_has_named_learns_nothing_and_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::sample(&format!(
            "data_dir = {:?}\ntrusted_proxies = [\"203.0.113.0/28\"]\n[[app]]\nname = \"wiki\"\norigin = \"http://wiki.localhost\"\n\
             [[app.rule]]\npath = \"/open\"\npublic = true\n",
            folder.path()
        ));
        let installation = Installation::open(&settings).await.unwrap();
        let writing = installation.begin_writing_events();
        let here = settings.public_url_on(7464);
        let gateway = Gateway::new(&settings, here, installation.clone(), None, Places::default()).unwrap();
        let ask = async |peer: &str| {
            let mut request = http::Request::get("/_cloakroom/verify/caddy");
            for (name, value) in
                [("proto", "http"), ("host", "wiki.localhost"), ("uri", "/open"), ("method", "GET")]
            {
                request = request.header(format!("x-forwarded-{name}"), value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            let peer = Peer(std::net::SocketAddr::new(peer.parse().unwrap(), 1));
            let context = events::Context::of(&parts.headers);
            in_context(context, answer(&gateway, peer, &mut parts)).await.status()
        };
        assert_eq!(ask("203.0.113.9").await, StatusCode::OK);
        for peer in ["203.0.113.16", "10.0.0.1", "::ffff:198.51.100.7"] {
            assert_eq!(ask(peer).await, StatusCode::FORBIDDEN, "{peer}");
        }
        installation.end_events().await;
        writing.abort();
        let told = installation.events(&EventFilter::default(), None, 9).await.unwrap();
        let told = told.into_iter().filter(|event| event.kind.as_str() == "untrusted_proxy");
        let told: Vec<_> = told.map(|event| (event.address, event.reason)).collect();
        let by = |address: &str| (Some(address.to_owned()), Some("caddy".to_owned()));
        assert_eq!(told, [by("198.51.100.7"), by("10.0.0.1"), by("203.0.113.16")]);
    }
}
