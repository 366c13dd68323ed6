//! A small application, and a browser that keeps its one cookie.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Method as Verb, Request, Response, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Router};
use cloakroom::client::TlsFingerprint;
use cloakroom::{
    ClientAddress, Error, EventSink, Method, Reauthenticated, SecurityEvent, Session, SessionLayer, SignOut,
    SignedIn, Subject,
};
use serde::Deserialize;
use tower::ServiceExt as _;

#[derive(Deserialize)]
struct Login {
    user: String,
}

/// Sign-in without a password, sign-out, who is there, a new proof, and what needs a recent one.
pub(crate) fn application(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/prove", post(prove))
        .route("/elevate", post(elevate))
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

async fn elevate(_: Reauthenticated) {}

async fn me(user: SignedIn) -> String {
    user.subject().to_string()
}

/// The events that were reported.
#[derive(Default)]
pub(crate) struct Events(Mutex<Vec<SecurityEvent>>);

impl EventSink for Events {
    fn record(&self, event: &SecurityEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    }
}

impl Events {
    pub(crate) fn take(&self) -> Vec<SecurityEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A browser with a jar for one cookie.
#[derive(Clone)]
pub(crate) struct Browser {
    application: Router,
    pub(crate) name: &'static str,
    pub(crate) jar: Option<String>,
    /// Where it is, as an outer layer has found out.
    pub(crate) address: Option<IpAddr>,
    pub(crate) agent: Option<&'static str>,
    pub(crate) fingerprint: Option<TlsFingerprint>,
}

impl Browser {
    pub(crate) fn new(application: &Router) -> Self {
        Self {
            application: application.clone(),
            name: "__Host-sid",
            jar: None,
            address: None,
            agent: None,
            fingerprint: None,
        }
    }

    pub(crate) async fn signed_in(application: &Router, user: &str) -> Self {
        let mut browser = Self::new(application);
        browser.sign_in(user).await;
        browser
    }

    pub(crate) async fn sign_in(&mut self, user: &str) {
        assert_eq!(self.try_to_sign_in(user).await, StatusCode::OK);
    }

    pub(crate) async fn try_to_sign_in(&mut self, user: &str) -> StatusCode {
        self.send(Verb::POST, "/login", format!("user={user}")).await.status()
    }

    pub(crate) async fn status_of_post(&mut self, path: &str) -> StatusCode {
        self.post(path).await.status()
    }

    pub(crate) async fn status_of_form(&mut self, path: &str, fields: String) -> StatusCode {
        self.send(Verb::POST, path, fields).await.status()
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
        if let Some(agent) = self.agent {
            request = request.header("user-agent", agent);
        }
        let mut request = request.body(Body::from(body)).expect("a request of plain text");
        if let Some(address) = self.address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        if let Some(fingerprint) = &self.fingerprint {
            request.extensions_mut().insert(fingerprint.clone());
        }
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
