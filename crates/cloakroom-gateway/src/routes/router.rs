//! Which path is whose errand, at which host.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use cloakroom::{Rejection, Session};
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use crate::api::{Api, is_for_api};
use crate::apps::{AppEntry, ByHost};
use crate::events::{Context, in_context};
use crate::metrics::RouteClass;
use crate::pages::{Language, StaticFile};
use crate::peer::Peer;
use crate::routes::gateway::Gateway;
use crate::routes::problem::Problem;
use crate::routes::query::Query;
use crate::routes::redirect::see_other;
use crate::routes::{
    account, admin, application, asset, dress, hand_over, health, jwks, login, logout, oidc, own_events,
    password, posted, provider_sign_out, reauthenticate, reset, setup,
};
use crate::verify;

/// Everything that the gateway answers: proxies' questions, its own pages, and applications by their hosts.
#[derive(Clone, Debug)]
pub(crate) struct Routes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gateway: Gateway,
    api: Api,
    own: Router,
    /// By the authority that a `Host` field has.
    apps: HashMap<String, Router>,
    /// The same of applications at many hosts, as far as they were asked for.
    met: ByHost<Router>,
}

impl Routes {
    /// All routes of a gateway.
    pub(crate) fn new(gateway: &Gateway) -> Self {
        let elsewhere = gateway.apps.iter().filter(|app| !app.is_here);
        let apps = elsewhere
            .filter_map(|app| Some((app.app.origin.one()?.authority().to_owned(), router_of(gateway, app))));
        let (api, own) = (Api::new(gateway), own(gateway));
        let met = ByHost::default();
        Self(Arc::new(Inner { gateway: gateway.clone(), api, own, apps: apps.collect(), met }))
    }

    /// Answers a request.
    ///
    /// A proxy's question is told from the rest by its raw path before anything else is looked at: some proxies send it under the
    /// application's host.
    pub(crate) async fn answer(self, peer: Peer, request: Request<Incoming>) -> Response {
        let context = Context::of(request.headers());
        let route = route_of(request.uri().path());
        let gateway = &self.0.gateway;
        let response = if route == RouteClass::Verify {
            let (mut parts, _body) = request.into_parts();
            in_context(context, verify::answer(gateway, peer, &mut parts)).await
        } else {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            in_context(context, self.answer_in_context(request)).await
        };
        gateway.installation.metrics().answered(route, response.status());
        response
    }

    async fn answer_in_context(&self, request: Request) -> Response {
        let host = host(&request);
        if is_for_api(request.uri().path()) {
            return self.0.api.answer(host.as_deref(), request).await;
        }
        let router = host.and_then(|host| self.router_at(&host)).unwrap_or_else(|| self.0.own.clone());
        let answer = router.oneshot(request).await;
        answer.unwrap_or_else(|never: Infallible| match never {})
    }
}

impl Routes {
    /// The routes at an application's own host.
    fn router_at(&self, host: &str) -> Option<Router> {
        let Inner { gateway, apps, met, .. } = &*self.0;
        let alone = apps.get(host).cloned();
        alone.or_else(|| {
            let app = gateway.apps.at_authority(host)?;
            Some(met.get_or_make(host, || router_of(gateway, &app)))
        })
    }
}

/// What a request is for, as far as its path says.
fn route_of(path: &str) -> RouteClass {
    match path.strip_prefix("/_cloakroom/") {
        Some(own) if own.starts_with("verify/") => RouteClass::Verify,
        Some(own) if own.starts_with("api/") => RouteClass::Api,
        Some(_) => RouteClass::Page,
        None => RouteClass::Application,
    }
}

/// Which host a request is for, as origins spell it.
fn host(request: &Request<Body>) -> Option<String> {
    let named = request.uri().authority().map(Authority::as_str);
    let host = named.or_else(|| request.headers().get(HOST)?.to_str().ok())?;
    let host = host.to_ascii_lowercase();
    let plain = [":80", ":443"].iter().find_map(|port| host.strip_suffix(port)).map(str::to_owned);
    Some(plain.unwrap_or(host))
}

/// The routes at the origin of the sign-in. What is not ours goes to the application there.
///
/// From the outside in: a request is numbered, then sessions are around everything, then our own routes refuse what
/// other sites cause and wait for the whole of what is posted. The application decides for itself what it takes from other origins.
fn own(gateway: &Gateway) -> Router {
    let sessions = gateway.installation.sessions();
    let own = Router::new()
        .route("/_cloakroom/login", get(login::show).post(login::submit))
        .route("/_cloakroom/logout", get(logout::show).post(logout::submit))
        .route("/_cloakroom/hand-over", get(hand_over::hand_over))
        .route("/_cloakroom/setup/{token}", get(setup::show).post(setup::submit))
        .route("/_cloakroom/reset/{token}", get(reset::show).post(reset::submit))
        .route("/_cloakroom/account", get(account::show))
        .route("/_cloakroom/account/sessions/{id}/revoke", post(account::revoke))
        .route("/_cloakroom/account/sessions/revoke-others", post(account::revoke_others))
        .route("/_cloakroom/account/events", get(own_events::show))
        .route("/_cloakroom/account/password", get(password::show).post(password::submit))
        .route("/_cloakroom/reauthenticate", get(reauthenticate::show).post(reauthenticate::submit))
        .route("/_cloakroom/jwks.json", get(jwks::show))
        .route("/_cloakroom/oidc/begin/{provider}", get(oidc::begin))
        .route("/_cloakroom/oidc/callback", get(oidc::callback))
        .route("/_cloakroom/oidc/backchannel-logout", post(provider_sign_out::submit))
        .route("/_cloakroom/live", get(health::live))
        .route("/_cloakroom/ready", get(health::ready))
        .merge(admin::routes())
        .merge(assets(gateway))
        .method_not_allowed_fallback(|| async { Problem::Status(StatusCode::METHOD_NOT_ALLOWED) })
        .route_layer(from_fn(posted::wait_for_form))
        .route_layer(sessions.cross_origin_layer(gateway.origins.clone()));
    own.fallback(application_here)
        .layer(sessions.layer())
        .layer(from_fn_with_state(gateway.clone(), dress::dress))
        .with_state(gateway.clone())
}

/// The application at the origin of the sign-in; without one there is only the way to our pages.
async fn application_here(
    State(gateway): State<Gateway>,
    session: Result<Session, Rejection>,
    request: Request,
) -> Result<Response, Problem> {
    match gateway.apps.here() {
        Some(app) => application::forward(&gateway, app, session, request).await,
        None if request.uri().path() == "/" && request.method().is_safe() => Ok(see_other(gateway.home())),
        None => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// The routes at an application's own origin.
fn router_of(gateway: &Gateway, app: &Arc<AppEntry>) -> Router {
    let (for_begin, for_callback, for_rest) = (Arc::clone(app), Arc::clone(app), Arc::clone(app));
    let begin = async move |State(gateway): State<Gateway>, query: Query, headers: HeaderMap| {
        hand_over::begin(&gateway, &for_begin, &query.0, &headers)
    };
    let callback = async move |session: Result<Session, Rejection>, query: Query, headers: HeaderMap| {
        hand_over::callback(&for_callback, session, &query.0, &headers).await
    };
    let rest =
        async move |State(gateway): State<Gateway>, session: Result<Session, Rejection>, request: Request| {
            application::forward(&gateway, &for_rest, session, request).await
        };
    let elsewhere = async |State(gateway): State<Gateway>, request: Request| {
        hand_over::elsewhere(&gateway, request.uri().path())
    };
    Router::new()
        .route("/_cloakroom/begin", get(begin))
        .route("/_cloakroom/callback", get(callback))
        .merge(assets(gateway))
        .route("/_cloakroom/{*path}", get(elsewhere))
        .fallback(rest)
        .layer(app.sessions.layer())
        .layer(from_fn_with_state(gateway.clone(), dress::dress))
        .with_state(gateway.clone())
}

/// What pages load. They are the same in every language.
fn assets(gateway: &Gateway) -> Router<Gateway> {
    let files = gateway.site(Language::default()).assets.iter();
    files.fold(Router::new(), |router, file: &StaticFile| {
        let file = Arc::new(file.clone());
        router.route(&file.path.clone(), get(async move || asset::serve(&file)))
    })
}
