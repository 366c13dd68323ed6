//! From a request to the route that answers it, and what every answer has.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on};
use bytes::Bytes;
use cloakroom::CrossOriginRefusal;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method};
use tower::ServiceExt as _;

use crate::api::body;
use crate::api::call::Call;
use crate::api::caller::Caller;
use crate::api::operation::Operation;
use crate::api::place::Place;
use crate::api::problem::{ApiProblem, Kind};
use crate::api::{document, operations};
use crate::apps::ByHost;
use crate::installation::Installation;
use crate::routes::{Gateway, arrive};
use crate::web::{Fields, headers};

/// Whether a request is for the API, by its path.
pub(crate) fn is_for_api(path: &str) -> bool {
    let below = path.strip_prefix("/_cloakroom/api");
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || path == document::PATH
}

/// The API, at the origin of the sign-in and at each application's.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    sign_in: Router,
    /// By the authority that a `Host` field has.
    apps: HashMap<String, Router>,
    /// The same of applications at many hosts, as far as they were asked for.
    met: Arc<ByHost<Router>>,
    gateway: Gateway,
}

impl Api {
    /// The API of a gateway.
    pub(crate) fn new(gateway: &Gateway) -> Self {
        let elsewhere = gateway.apps.iter().filter(|app| !app.is_here);
        let apps = elsewhere.filter_map(|app| {
            let authority = app.app.origin.one()?.authority().to_owned();
            Some((authority, router(gateway, &Place::App(Arc::clone(app)))))
        });
        let (sign_in, met, gateway) = (router(gateway, &Place::SignIn), Arc::default(), gateway.clone());
        Self { sign_in, apps: apps.collect(), met, gateway }
    }

    /// Answers a request to this host.
    pub(crate) async fn answer(&self, host: Option<&str>, request: Request) -> Response {
        let router = host.and_then(|host| self.router_at(host)).unwrap_or_else(|| self.sign_in.clone());
        let answer = router.oneshot(request).await;
        answer.unwrap_or_else(|never: Infallible| match never {})
    }

    fn router_at(&self, host: &str) -> Option<Router> {
        let alone = self.apps.get(host).cloned();
        alone.or_else(|| {
            let app = self.gateway.apps.at_authority(host)?;
            Some(self.met.get_or_make(host, || router(&self.gateway, &Place::App(app))))
        })
    }
}

/// From the outside in: a request is numbered, then sessions are around everything, then what other sites cause is refused.
fn router(gateway: &Gateway, place: &Place) -> Router {
    let mut router = Router::new().route(document::PATH, described(gateway));
    for operation in operations::all() {
        let (path, method) = (operation.path(), operation.head.method.clone());
        let filter = MethodFilter::try_from(method).expect("the table has methods that there are");
        let (operation, place) = (Arc::new(operation), place.clone());
        let handler = async move |State(gateway): State<Gateway>, parameters, request: Request| {
            serve(&operation, gateway, place, parameters, request).await
        };
        router = router.route(&path, on(filter, handler));
    }
    let sessions = place.sessions(gateway);
    router
        .method_not_allowed_fallback(async || ApiProblem::new(Kind::MethodNotAllowed, "see the field Allow"))
        .fallback(async || {
            ApiProblem::new(Kind::NoSuchRoute, format!("{} says which there are", document::PATH))
        })
        .layer(sessions.cross_origin_layer(place.origins(gateway).clone()))
        .layer(sessions.layer())
        .layer(from_fn_with_state(gateway.clone(), around))
        .with_state(gateway.clone())
}

/// The document, made when somebody asks for it first: there is one at each application, and a start is not to wait for them.
fn described(gateway: &Gateway) -> MethodRouter<Gateway> {
    let (url, made) = (gateway.public_url.to_string(), Arc::<OnceLock<Bytes>>::default());
    let cookie = Installation::cookie_of(gateway.cookie_domain.as_ref());
    get(async move || {
        let describe =
            || document::document(&operations::all(), &url, cookie.name().as_str()).to_string().into();
        json(made.get_or_init(describe).clone())
    })
}

fn json(octets: Bytes) -> Response {
    let mut response = octets.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

type PathParameters = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

async fn serve(
    operation: &Operation,
    gateway: Gateway,
    place: Place,
    parameters: PathParameters,
    request: Request,
) -> Response {
    let answered = async {
        let (mut parts, body) = request.into_parts();
        let body = match operation.question {
            Some(_) => body::wait_for(&parts.headers, body).await,
            None => Ok(Bytes::new()),
        };
        let caller = Caller::admit(operation.head.allowed, &gateway, &place, &mut parts).await?;
        let query = query(operation, parts.uri.query().unwrap_or_default())?;
        let mut values = parameters.iter().flatten().map(|(_, value)| value.to_owned());
        let parameter = values.next().unwrap_or_default();
        operation.answer(Call { gateway, place, caller, parts, parameter, query }, body).await
    };
    answered.await.unwrap_or_else(IntoResponse::into_response)
}

/// What the query says, when it says nothing that the route does not know: a key that somebody put there is refused, and so is a
/// parameter that is misspelt.
fn query(operation: &Operation, query: &str) -> Result<Fields, ApiProblem> {
    let fields = Fields::parse(query.as_bytes())?;
    if fields.names().all(|name| operation.head.query.contains(&name)) {
        return Ok(fields);
    }
    let known = operation.head.query.join(", ");
    let known = if known.is_empty() { "nothing" } else { &known };
    Err(ApiProblem::new(Kind::Invalid, format!("the query may say: {known}")))
}

/// Numbers a request and finds out where it comes from; makes a problem of every answer that is none and should be.
async fn around(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let request_id = arrive(&gateway, &mut request);
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        problem_of(&response).write(&mut response, request_id.as_str());
        if is_head {
            *response.body_mut() = axum::body::Body::empty();
        }
    }
    let fields = response.headers_mut();
    headers::write_page(fields, &gateway.page_policy);
    headers::write_transport(fields, &gateway.public_url);
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert("x-request-id", request_id.as_value().clone());
    response
}

fn problem_of(response: &Response) -> ApiProblem {
    let extensions = response.extensions();
    match (extensions.get::<ApiProblem>(), extensions.get::<CrossOriginRefusal>()) {
        (Some(problem), _) => problem.clone(),
        (None, Some(refusal)) => ApiProblem::new(Kind::CrossOrigin, refusal.to_string()),
        (None, None) => ApiProblem::new(Kind::of_status(response.status()), "the request could not be done"),
    }
}
