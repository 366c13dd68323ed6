//! Answers that several routes give.

use axum::Json;
use axum::extract::FromRequest;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Form, extract::Request};
use cloakroom::Error;
use serde::de::DeserializeOwned;
use serde_json::json;

/// `{"error": code}` with this status.
pub(crate) fn error(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "error": code }))).into_response()
}

/// How a change of the session went, for a test to see.
pub(crate) const fn outcome(result: &Result<(), Error>) -> Option<&'static str> {
    match result {
        Ok(()) => Some("ok"),
        Err(Error::Gone) => Some("gone"),
        Err(Error::Lost) => Some("lost"),
        Err(Error::NotSignedIn) => Some("anonymous"),
        Err(_) => None,
    }
}

/// A form; one that is malformed is 400, whatever is wrong with it.
pub(crate) struct Fields<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Fields<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let form: Result<Form<T>, FormRejection> = Form::from_request(request, state).await;
        form.map(|Form(fields)| Self(fields)).map_err(|_| error(StatusCode::BAD_REQUEST, "bad_form"))
    }
}
