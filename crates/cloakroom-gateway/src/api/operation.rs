//! A route of the API: what is said of it, and what it does.

use std::future::Future;
use std::pin::Pin;

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::body::{self, Whole};
use crate::api::call::Call;
use crate::api::caller::Allowed;
use crate::api::described::{Described, Schemas};
use crate::api::problem::{ApiProblem, Kind};

/// Where all routes are.
pub(super) const BASE: &str = "/_cloakroom/api/v1";

/// What is said of a route.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) method: Method,
    /// The path behind [`BASE`]; a parameter stands in braces.
    pub(super) path: &'static str,
    /// A name for programs that make clients.
    pub(super) id: &'static str,
    /// What it does, in a sentence.
    pub(super) summary: &'static str,
    /// Who may call it.
    pub(super) allowed: Allowed,
    /// What its query may say.
    pub(super) query: &'static [&'static str],
    /// Problems beyond those that follow from the rest.
    pub(super) problems: &'static [Kind],
}

/// What a handler gives.
type Answering = Pin<Box<dyn Future<Output = Result<Response, ApiProblem>> + Send>>;

/// A type that describes itself into a list.
pub(super) type Describe = fn(&mut Schemas) -> Value;

/// A route.
pub(super) struct Operation {
    pub(super) head: Head,
    /// The type of its question, if it takes one.
    pub(super) question: Option<Describe>,
    /// The status of its answer, and the type, if it has a body.
    pub(super) answer: (StatusCode, Option<Describe>),
    handler: Box<dyn Fn(Call, Whole) -> Answering + Send + Sync>,
}

/// What a handler may answer.
pub(super) trait Answer: Send + 'static {
    /// The status, and the type, if there is a body.
    fn described() -> (StatusCode, Option<Describe>);

    /// The answer itself.
    fn into_response(self) -> Response;
}

/// Nothing more to say.
impl Answer for () {
    fn described() -> (StatusCode, Option<Describe>) {
        (StatusCode::NO_CONTENT, None)
    }

    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl<T: Described + Serialize + Send + 'static> Answer for Json<T> {
    fn described() -> (StatusCode, Option<Describe>) {
        (StatusCode::OK, Some(T::schema))
    }

    fn into_response(self) -> Response {
        let Ok(octets) = serde_json::to_vec(&self.0) else {
            return ApiProblem::new(Kind::Internal, "the answer could not be written").into_response();
        };
        let mut response = octets.into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// An answer in JSON.
pub(super) struct Json<T>(pub(super) T);

impl Operation {
    /// A route that takes no body.
    pub(super) fn new<A: Answer, F>(head: Head, handler: impl Fn(Call) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<A, ApiProblem>> + Send + 'static,
    {
        let handler = move |call, _| -> Answering {
            let answer = handler(call);
            Box::pin(async { answer.await.map(Answer::into_response) })
        };
        Self { head, question: None, answer: A::described(), handler: Box::new(handler) }
    }

    /// A route that is asked a question.
    pub(super) fn asked<Q, A: Answer, F>(
        head: Head,
        handler: impl Fn(Call, Q) -> F + Clone + Send + Sync + 'static,
    ) -> Self
    where
        Q: Described + DeserializeOwned + Send + 'static,
        F: Future<Output = Result<A, ApiProblem>> + Send + 'static,
    {
        let handle = move |call: Call, body: Whole| -> Answering {
            let handler = handler.clone();
            Box::pin(async move {
                let question = body::read::<Q>(body)?;
                handler(call, question).await.map(Answer::into_response)
            })
        };
        Self { head, question: Some(Q::schema), answer: A::described(), handler: Box::new(handle) }
    }

    /// The whole path.
    pub(super) fn path(&self) -> String {
        format!("{BASE}{}", self.head.path)
    }

    /// The name of the parameter in the path, if there is one.
    pub(super) fn parameter(&self) -> Option<&'static str> {
        let (_, rest) = self.head.path.split_once('{')?;
        rest.split('}').next()
    }

    /// Every problem that it may answer, beside those of the whole API.
    pub(super) fn problems(&self) -> Vec<Kind> {
        let Head { method, allowed, problems, .. } = &self.head;
        let mut all = vec![Kind::Invalid, Kind::TooManyRequests, Kind::Unavailable];
        all.extend(*problems);
        if allowed.is_for_the_sign_in() {
            all.push(Kind::NotTheSignIn);
        }
        if !method.is_safe() {
            all.push(Kind::CrossOrigin);
        }
        if allowed.takes_cookie() {
            if *allowed != Allowed::BrowserThatLeaves {
                all.push(Kind::SessionRequired);
            }
            if !method.is_safe() {
                all.push(Kind::HeaderMissing);
            }
        }
        if allowed.scope().is_some() {
            all.extend([Kind::KeyInvalid, Kind::ScopeMissing]);
            if !allowed.takes_cookie() {
                all.push(Kind::KeyRequired);
            }
        }
        if self.question.is_some() {
            let of_bodies =
                [Kind::Malformed, Kind::BodyTooSlow, Kind::BodyTooLarge, Kind::UnsupportedMediaType];
            all.extend(of_bodies);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Does it, with a body that has come if it takes one.
    pub(super) async fn answer(&self, call: Call, body: Whole) -> Result<Response, ApiProblem> {
        (self.handler)(call, body).await
    }
}
