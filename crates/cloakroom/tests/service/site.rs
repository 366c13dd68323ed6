//! A small application, and a browser that keeps its one cookie.

use axum::body::Body;
use axum::http::{Method as Verb, Request, Response, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Router};
use cloakroom::{Error, Method, Session, SessionLayer, SignOut, SignedIn, Subject};
use serde::Deserialize;
use tower::ServiceExt as _;

#[derive(Deserialize)]
struct Login {
    user: String,
}

/// Sign-in without a password, sign-out, who is there, and a new proof.
pub(crate) fn application(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/prove", post(prove))
        .route("/me", get(me))
        .layer(sessions)
}

async fn login(session: Session, Form(login): Form<Login>) -> Result<(), Error> {
    let subject = Subject::new(&login.user).expect("a plain name");
    session.sign_in(subject, Method::Password).await
}

async fn logout(sign_out: SignOut) -> Result<(), Error> {
    sign_out.finish().await
}

async fn prove(user: SignedIn) -> Result<(), Error> {
    user.reauthenticate(Method::Password).await
}

async fn me(user: SignedIn) -> String {
    user.subject().to_string()
}

/// A browser with a jar for one cookie.
#[derive(Clone)]
pub(crate) struct Browser {
    application: Router,
    pub(crate) name: &'static str,
    pub(crate) jar: Option<String>,
}

impl Browser {
    pub(crate) fn new(application: &Router) -> Self {
        Self { application: application.clone(), name: "__Host-sid", jar: None }
    }

    pub(crate) async fn signed_in(application: &Router, user: &str) -> Self {
        let mut browser = Self::new(application);
        let answer = browser.send(Verb::POST, "/login", format!("user={user}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        browser
    }

    /// A browser that holds this cookie.
    pub(crate) fn with(application: &Router, value: &str) -> Self {
        Self { jar: Some(value.to_owned()), ..Self::new(application) }
    }

    pub(crate) async fn post(&mut self, path: &str) -> Response<Body> {
        self.send(Verb::POST, path, String::new()).await
    }

    pub(crate) async fn is_signed_in(&mut self) -> bool {
        let answer = self.send(Verb::GET, "/me", String::new()).await;
        match answer.status() {
            StatusCode::OK => true,
            StatusCode::UNAUTHORIZED => false,
            other => panic!("GET /me -> {other}"),
        }
    }

    pub(crate) fn cookie(&self) -> String {
        self.jar.clone().expect("the jar holds a session")
    }

    async fn send(&mut self, verb: Verb, path: &str, body: String) -> Response<Body> {
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(value) = &self.jar {
            request = request.header("cookie", format!("{}={value}", self.name));
        }
        let request = request.body(Body::from(body)).expect("a request of plain text");
        let answer = self.application.clone().oneshot(request).await.expect("the application answers");
        if let Some(line) = answer.headers().get("set-cookie") {
            let line = line.to_str().expect("a cookie is ASCII");
            let value =
                line.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('=')?.split(';').next());
            self.jar = value.filter(|value| !value.is_empty()).map(str::to_owned);
        }
        answer
    }
}
