//! An application that remembers, on a store of each kind, and a browser that keeps its two cookies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use axum::routing::{get, post};
use axum::{Form, Router};
use cloakroom::remember::RememberMe;
use cloakroom::{
    Error, EventKind, MemoryStore, Method, Reauthenticated, Session, Sessions, SignOut, SignedIn, Subject,
    Timestamp, hours, seconds,
};
use cloakroom_sql::SqliteStore;
use cloakroom_testkit::clock::ManualClock;
use serde::Deserialize;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::site::Events;

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_735_689_600_000);
pub(super) const SID: &str = "__Host-sid";
pub(super) const SERIES: &str = "__Host-remember";
/// Longer than a session lives without a request.
pub(super) const NIGHT: Duration = hours(9);
pub(super) const AFTER_THE_GRACE: Duration = seconds(31);

/// Makes of each function one test a store.
macro_rules! on_each_store {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name($crate::remember::site::Store::Memory).await; })+
        }
        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::remember::site::Store::Sqlite).await; })+
        }
    };
}
pub(super) use on_each_store;

#[derive(Clone, Copy, Debug)]
pub(super) enum Store {
    Memory,
    Sqlite,
}

pub(super) struct Site {
    pub(super) app: Router,
    pub(super) sessions: Sessions,
    pub(super) clock: ManualClock,
    pub(super) events: Arc<Events>,
    pub(super) _folder: Option<TempDir>,
}

impl Site {
    pub(super) async fn on(store: Store) -> Self {
        Self::with(store, |sessions| sessions).await
    }

    pub(super) async fn with(store: Store, set: impl FnOnce(Sessions) -> Sessions) -> Self {
        let (sessions, folder) = match store {
            Store::Memory => (Sessions::indexed(MemoryStore::new()), None),
            Store::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let store = SqliteStore::open(folder.path().join("app.db")).await.expect("a database");
                (Sessions::indexed(store), Some(folder))
            }
        };
        Self { _folder: folder, ..Self::of(set(sessions.remember_me(RememberMe::for_days(30)))) }
    }

    pub(super) fn of(sessions: Sessions) -> Self {
        let (clock, events) = (ManualClock::starting_at(NOW), Arc::new(Events::default()));
        let sessions = sessions.clock(clock.clone()).events(Arc::clone(&events));
        Self { app: application(&sessions), sessions, clock, events, _folder: None }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser { app: self.app.clone(), jar: BTreeMap::new() }
    }

    /// A browser whose user has signed in by password and asked to be remembered.
    pub(super) async fn remembered(&self, user: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(user, true).await;
        browser
    }

    /// One that has been closed over night: the session's cookie is gone, and the session has ended.
    pub(super) async fn asleep(&self, user: &str) -> Browser {
        let mut browser = self.remembered(user).await;
        self.over_night(&mut browser);
        browser
    }

    pub(super) fn over_night(&self, browser: &mut Browser) {
        browser.jar.remove(SID);
        self.clock.advance(NIGHT);
    }

    pub(super) fn reported(&self) -> Vec<EventKind> {
        self.events.take().into_iter().map(|event| event.kind).collect()
    }
}

pub(super) fn subject(name: &str) -> Subject {
    Subject::new(name).expect("a plain name")
}

#[derive(Deserialize)]
struct Login {
    user: String,
    remember: bool,
}

fn application(sessions: &Sessions) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/first", post(first))
        .route("/second", post(second))
        .route("/logout", post(async |sign_out: SignOut| sign_out.finish().await))
        .route("/me", get(me).post(me))
        .route("/safe", get(async |_: Reauthenticated| "the family silver"))
        .route("/prove", post(async |user: SignedIn| user.reauthenticate(Method::Password).await))
        .route("/others", post(others))
        .route("/everywhere", post(everywhere))
        .route("/public", get(async || "anybody"))
        .with_state(sessions.clone())
        .layer(sessions.layer())
}

async fn login(session: Session, Form(login): Form<Login>) -> Result<(), Error> {
    let attempt = session.begin_sign_in(subject(&login.user)).await?;
    let attempt = if login.remember { attempt.remember_me() } else { attempt };
    attempt.finish(Method::Password).await
}

async fn first(session: Session, Form(login): Form<Login>) -> Result<(), Error> {
    let attempt = session.begin_sign_in(subject(&login.user)).await?;
    let attempt = if login.remember { attempt.remember_me() } else { attempt };
    attempt.second_factor_due(Method::Password).await
}

async fn second(session: Session) -> Result<(), Error> {
    session.second_factor().ok_or(Error::NotSignedIn)?.finish(Method::OneTimeCode).await
}

async fn me(user: SignedIn) -> String {
    format!("{} by {}", user.subject(), user.authentication().method)
}

async fn others(State(sessions): State<Sessions>, user: SignedIn) -> Result<(), Error> {
    sessions.sign_out_others(user.session()).await.map(drop)
}

async fn everywhere(State(sessions): State<Sessions>, user: SignedIn) -> Result<(), Error> {
    sessions.sign_out_everywhere(user.session()).await.map(drop)
}

/// A browser with its jar.
#[derive(Clone)]
pub(super) struct Browser {
    app: Router,
    pub(super) jar: BTreeMap<String, String>,
}

/// What a browser got.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) cookies: Vec<String>,
    pub(super) is_no_store: bool,
    pub(super) text: String,
}

impl Answer {
    /// The `Set-Cookie` line of this name, of which there is one at most.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let of_name = |line: &&String| line.split('=').next() == Some(name);
        let lines: Vec<_> = self.cookies.iter().filter(of_name).collect();
        assert!(lines.len() <= 1, "{lines:?}");
        lines.first().map(|line| line.as_str())
    }
}

impl Browser {
    pub(super) async fn sign_in(&mut self, user: &str, remember: bool) -> Answer {
        let answer = self.send("POST", "/login", format!("user={user}&remember={remember}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    pub(super) async fn post(&mut self, path: &str) -> Answer {
        self.send("POST", path, String::new()).await
    }

    /// Who the application takes it for.
    pub(super) async fn me(&mut self) -> Option<String> {
        let answer = self.get("/me").await;
        match answer.status {
            StatusCode::OK => Some(answer.text),
            StatusCode::UNAUTHORIZED => None,
            other => panic!("GET /me -> {other}"),
        }
    }

    pub(super) fn series(&self) -> String {
        self.jar.get(SERIES).cloned().expect("the browser is remembered")
    }

    /// The same browser at another application.
    pub(super) fn at(&self, app: &Router) -> Self {
        Self { app: app.clone(), jar: self.jar.clone() }
    }

    /// Another browser that has nothing but a copy of this one's long-lived cookie.
    pub(super) fn thief(&self) -> Self {
        let mut thief = self.clone();
        thief.jar.remove(SID);
        thief
    }

    pub(super) async fn send(&mut self, verb: &str, path: &str, body: String) -> Answer {
        let answer = self.ask(verb, path, body).await;
        for line in &answer.cookies {
            let (name, rest) = line.split_once('=').expect("a pair");
            let value = rest.split(';').next().expect("a value");
            match value {
                "" => self.jar.remove(name),
                value => self.jar.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// The same when the answer is lost on its way.
    pub(super) async fn ask(&self, verb: &str, path: &str, body: String) -> Answer {
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(verb)
            .uri(path)
            .header("content-type", "application/x-www-form-urlencoded");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let request = request.body(Body::from(body)).expect("a request of plain text");
        read(self.app.clone().oneshot(request).await.expect("the application answers")).await
    }
}

async fn read(answer: Response<Body>) -> Answer {
    let lines = answer.headers().get_all("set-cookie").iter();
    let cookies = lines.map(|line| line.to_str().expect("a cookie is ASCII").to_owned()).collect();
    let is_no_store = answer.headers().get("cache-control").is_some_and(|value| value == "no-store");
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1000).await.expect("a short body");
    let text = String::from_utf8(body.to_vec()).expect("text");
    Answer { status, cookies, is_no_store, text }
}
