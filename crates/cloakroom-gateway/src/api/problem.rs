//! What the API answers instead of what was asked for.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, header};
use serde_json::{Map, Value, json};

use crate::accounts::api_key::Scope;
use crate::rates::{Budget, Spent};

/// The media type of problems.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// A kind of problem. Its name is stable: programs tell problems apart by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    SessionRequired,
    KeyRequired,
    KeyInvalid,
    ScopeMissing,
    CrossOrigin,
    HeaderMissing,
    NotTheSignIn,
    WrongPassword,
    NoTokens,
    NoSuchRoute,
    NoSuchSession,
    NoSuchUser,
    MethodNotAllowed,
    BodyTooSlow,
    Conflict,
    BodyTooLarge,
    UnsupportedMediaType,
    Malformed,
    Invalid,
    UnknownApplication,
    TooManyRequests,
    Internal,
    Unavailable,
}

impl Kind {
    /// All that there are.
    pub(super) const ALL: [Self; 23] = [
        Self::SessionRequired,
        Self::KeyRequired,
        Self::KeyInvalid,
        Self::ScopeMissing,
        Self::CrossOrigin,
        Self::HeaderMissing,
        Self::NotTheSignIn,
        Self::WrongPassword,
        Self::NoTokens,
        Self::NoSuchRoute,
        Self::NoSuchSession,
        Self::NoSuchUser,
        Self::MethodNotAllowed,
        Self::BodyTooSlow,
        Self::Conflict,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Malformed,
        Self::Invalid,
        Self::UnknownApplication,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Name, status, and what it is in a few words that are always the same.
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::SessionRequired => {
                ("session_required", StatusCode::UNAUTHORIZED, "It takes a signed-in session")
            }
            Self::KeyRequired => ("key_required", StatusCode::UNAUTHORIZED, "It takes an API key"),
            Self::KeyInvalid => ("key_invalid", StatusCode::UNAUTHORIZED, "The API key opens nothing"),
            Self::ScopeMissing => ("scope_missing", StatusCode::FORBIDDEN, "The API key may not do this"),
            Self::CrossOrigin => ("cross_origin", StatusCode::FORBIDDEN, "The request began on another site"),
            Self::HeaderMissing => {
                ("header_missing", StatusCode::FORBIDDEN, "The field X-Requested-With is missing")
            }
            Self::NotTheSignIn => {
                ("not_the_sign_in", StatusCode::FORBIDDEN, "This is done at the origin of the sign-in")
            }
            Self::WrongPassword => {
                ("wrong_password", StatusCode::FORBIDDEN, "It is not the password of who is signed in")
            }
            Self::NoTokens => ("no_tokens", StatusCode::NOT_FOUND, "The application gets no JWTs"),
            Self::NoSuchRoute => ("no_such_route", StatusCode::NOT_FOUND, "There is no such route"),
            Self::NoSuchSession => ("no_such_session", StatusCode::NOT_FOUND, "There is no such session"),
            Self::NoSuchUser => ("no_such_user", StatusCode::NOT_FOUND, "There is no such user"),
            Self::MethodNotAllowed => {
                ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED, "The route has no such method")
            }
            Self::BodyTooSlow => ("body_too_slow", StatusCode::REQUEST_TIMEOUT, "The body came too slowly"),
            Self::Conflict => {
                ("conflict", StatusCode::CONFLICT, "Others changed the session at the same moment")
            }
            Self::BodyTooLarge => ("body_too_large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not sent as JSON")
            }
            Self::Malformed => ("malformed", StatusCode::BAD_REQUEST, "The body is no JSON"),
            Self::Invalid => {
                ("invalid", StatusCode::UNPROCESSABLE_ENTITY, "The request says what it may not")
            }
            Self::UnknownApplication => {
                ("unknown_application", StatusCode::UNPROCESSABLE_ENTITY, "No application has this origin")
            }
            Self::TooManyRequests => {
                ("too_many_requests", StatusCode::TOO_MANY_REQUESTS, "There were too many requests")
            }
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "The gateway failed"),
            Self::Unavailable => {
                ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "Sessions or accounts cannot be used now")
            }
        }
    }

    /// The name.
    pub(super) const fn name(self) -> &'static str {
        self.row().0
    }

    /// The status.
    pub(super) const fn status(self) -> StatusCode {
        self.row().1
    }

    /// What it is in a few words.
    pub(super) const fn title(self) -> &'static str {
        self.row().2
    }

    /// What programs tell it by.
    pub(super) fn uri(self) -> String {
        format!("urn:cloakroom:problem:{}", self.name())
    }

    /// What a status means that no handler of ours gave: of the router, or of a layer around it.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SessionRequired,
            StatusCode::FORBIDDEN => Self::NotTheSignIn,
            StatusCode::NOT_FOUND => Self::NoSuchRoute,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::BodyTooSlow,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_client_error() => Self::Invalid,
            _ => Self::Internal,
        }
    }
}

/// A problem of one request.
///
/// As a response it is bare: it is written down where the request's number is known.
///
/// Source: RFC 9457.
#[derive(Clone, Debug)]
pub(super) struct ApiProblem {
    kind: Kind,
    detail: String,
    login_url: Option<String>,
    scope: Option<Scope>,
    wait: Option<Duration>,
    spent: Option<Budget>,
}

impl ApiProblem {
    /// A problem, and what to do about it.
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), login_url: None, scope: None, wait: None, spent: None }
    }

    /// Nobody is signed in, and here is where.
    pub(super) fn session_required(login_url: String) -> Self {
        let detail = "nobody is signed in in this browser, or not any more";
        Self { login_url: Some(login_url), ..Self::new(Kind::SessionRequired, detail) }
    }

    /// The key lacks a scope.
    pub(super) fn scope_missing(scope: Scope) -> Self {
        Self {
            scope: Some(scope),
            ..Self::new(Kind::ScopeMissing, format!("it takes a key with the scope {scope}"))
        }
    }

    /// It was called too often.
    pub(super) fn spent(Spent { budget, wait }: Spent) -> Self {
        let detail = format!("the budget of this {} is spent for the moment", budget.name);
        Self { wait: Some(wait), spent: Some(budget), ..Self::new(Kind::TooManyRequests, detail) }
    }

    /// Too many passwords were wrong.
    pub(super) fn too_many_guesses(wait: Duration) -> Self {
        let detail = "too many passwords were wrong, and none is looked at for a while";
        Self { wait: Some(wait), ..Self::new(Kind::TooManyRequests, detail) }
    }

    /// Nothing of the API is done at this origin.
    pub(super) fn not_the_sign_in() -> Self {
        Self::new(Kind::NotTheSignIn, "an application's origin may see, extend and end its own session only")
    }

    /// Writes the problem into a response, for the request of this number.
    pub(super) fn write(&self, response: &mut Response, request_id: &str) {
        let mut members = Map::new();
        for (name, value) in [
            ("type", json!(self.kind.uri())),
            ("title", json!(self.kind.title())),
            ("status", json!(self.kind.status().as_u16())),
            ("detail", json!(self.detail)),
            ("request_id", json!(request_id)),
        ] {
            members.insert(name.to_owned(), value);
        }
        if let Some(login_url) = &self.login_url {
            members.insert("login_url".to_owned(), json!(login_url));
        }
        *response.status_mut() = self.kind.status();
        *response.body_mut() = Value::Object(members).to_string().into();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if self.kind == Kind::Unavailable {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if let Some(wait) = self.wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        if let Some(budget) = self.spent {
            let (policy, left) = rate_limit(budget);
            headers.insert("ratelimit-policy", policy);
            headers.insert("ratelimit", left);
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
    }

    /// What would help, as HTTP says it.
    ///
    /// Source: RFC 9110 15.5.2; RFC 6750 3.
    fn challenge(&self) -> Option<HeaderValue> {
        let text = match (self.kind, self.scope) {
            (Kind::SessionRequired, _) => r#"Cloakroom realm="cloakroom""#.to_owned(),
            (Kind::KeyRequired, _) => r#"Bearer realm="cloakroom""#.to_owned(),
            (Kind::KeyInvalid, _) => r#"Bearer realm="cloakroom", error="invalid_token""#.to_owned(),
            (Kind::ScopeMissing, Some(scope)) => {
                format!(r#"Bearer realm="cloakroom", error="insufficient_scope", scope="{scope}""#)
            }
            _ => return None,
        };
        HeaderValue::try_from(text).ok()
    }
}

/// How much there is, and that nothing is left for this second.
///
/// Source: draft-ietf-httpapi-ratelimit-headers-10, 3 and 4.
fn rate_limit(budget: Budget) -> (HeaderValue, HeaderValue) {
    let window = (budget.interval * budget.at_once).as_secs().max(1);
    let value = |text: String| HeaderValue::try_from(text).expect("names and numbers are visible ASCII");
    let policy = value(format!("\"{}\";q={};w={window}", budget.name, budget.at_once));
    (policy, value(format!("\"{}\";r=0;t=1", budget.name)))
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_share_a_name() {
        let names: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
    }

    #[test]
    fn a_status_of_a_layer_is_a_problem_of_that_status() {
        for status in [401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(Kind::of_status(status).status(), status);
        }
        assert_eq!(Kind::of_status(StatusCode::IM_A_TEAPOT), Kind::Invalid);
        assert_eq!(Kind::of_status(StatusCode::BAD_GATEWAY), Kind::Internal);
    }

    #[test]
    fn every_problem_is_in_the_documentation() {
        let documentation = include_str!("../../../../docs/api.md");
        for kind in Kind::ALL {
            let row = format!("| `{}` | {} |", kind.name(), kind.status().as_u16());
            assert!(documentation.contains(&row), "{row}");
        }
    }
}
