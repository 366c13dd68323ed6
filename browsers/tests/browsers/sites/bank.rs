//! A bank on the library with all its defences, of which a test can take one away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Router, middleware};
use cloakroom::csrf::{CsrfCheck, CsrfToken, FORM_FIELD};
use cloakroom::headers::{ContentSecurityPolicy, Nonce, PAGE_GUARD, SecurityHeaders};
use cloakroom::{
    CookiePolicy, CrossOrigin, Error, MemoryStore, Method, Session, Sessions, SignOut, SignedIn, Slot,
    Subject,
};
use serde::Deserialize;

use super::careless::raw_cookies;

/// What a visitor leaves before the sign-in.
const CART: Slot<u32> = Slot::new("cart");

/// Who looks at unsafe requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The cross-origin check and the tokens.
    Both,
    /// The cross-origin check.
    Origin,
    /// The tokens.
    Token,
    /// Nobody.
    Neither,
}

/// Whether private pages have the script that looks after *Back*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    On,
    Off,
}

/// A bank, being set up.
#[derive(Clone)]
pub(crate) struct Bank {
    cookie: CookiePolicy,
    check: Check,
    guard: Guard,
    policy: ContentSecurityPolicy,
    /// Fields that are taken away or written over after all layers.
    fields: Vec<(HeaderName, Option<HeaderValue>)>,
    /// `Clear-Site-Data` of answers that set a cookie.
    cleared_beside_set_cookie: Option<HeaderValue>,
    sessions: Sessions,
    deeds: Arc<AtomicUsize>,
}

impl Bank {
    /// All defences, and the cookie that the library sets by default.
    pub(crate) fn new() -> Self {
        Self {
            cookie: CookiePolicy::host("sid").into(),
            check: Check::Both,
            guard: Guard::On,
            policy: ContentSecurityPolicy::strict(),
            fields: Vec::new(),
            cleared_beside_set_cookie: None,
            sessions: Sessions::indexed(MemoryStore::new()),
            deeds: Arc::default(),
        }
    }

    pub(crate) fn cookie(self, cookie: impl Into<CookiePolicy>) -> Self {
        Self { cookie: cookie.into(), ..self }
    }

    pub(crate) fn check(self, check: Check) -> Self {
        Self { check, ..self }
    }

    pub(crate) fn guard(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    pub(crate) fn policy(self, policy: ContentSecurityPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Takes one header field away, and leaves the rest of the defences.
    pub(crate) fn without_field(mut self, name: &'static str) -> Self {
        self.fields.push((HeaderName::from_static(name), None));
        self
    }

    /// Says something else in one header field.
    pub(crate) fn with_field(mut self, name: &'static str, value: &'static str) -> Self {
        self.fields.push((HeaderName::from_static(name), Some(HeaderValue::from_static(value))));
        self
    }

    /// Says in every answer that sets a cookie that something is to be cleared.
    pub(crate) fn clearing_beside_set_cookie(self, value: &'static str) -> Self {
        Self { cleared_beside_set_cookie: Some(HeaderValue::from_static(value)), ..self }
    }

    /// How often money was sent.
    pub(crate) fn deeds(&self) -> usize {
        self.deeds.load(Ordering::SeqCst)
    }

    /// Ends all sessions, as an administrator would.
    pub(crate) async fn end_all(&self) {
        self.sessions.revoke_everyone().await.expect("the memory has no trouble");
    }

    /// The bank as a service.
    pub(crate) fn router(&self) -> Router {
        let Self { cookie, check, .. } = self.clone();
        let sessions = self.sessions.clone().cookie(cookie);
        let mut app = Router::new()
            .route("/sign-in", get(sign_in_page).post(sign_in))
            .route("/account", get(account))
            .route("/cart", post(fill_cart))
            .route("/transfer", post(transfer))
            .route("/sign-out", post(sign_out));
        if matches!(check, Check::Both | Check::Token) {
            let tokens = CsrfCheck::new().insecure_exempt_path("/sign-in").insecure_exempt_path("/cart");
            app = app.layer(sessions.csrf_layer(tokens));
        }
        app = app
            .route("/me", get(me))
            .route("/goodbye", get(|| async { page("", "Goodbye") }))
            .route("/hello", get(hello))
            .route("/search", get(search))
            .route("/leave", get(leaving_form).post(leave))
            .merge(raw_cookies())
            .route("/page-guard.js", get(page_guard))
            .layer(sessions.layer());
        if matches!(check, Check::Both | Check::Origin) {
            app = app.layer(sessions.cross_origin_layer(CrossOrigin::new()));
        }
        let headers = SecurityHeaders::over_tls().content_security_policy(self.policy.clone());
        let bank = self.clone();
        app.with_state(self.clone()).layer(headers.layer()).layer(middleware::map_response(
            move |response: Response| {
                let changed = bank.changed(response);
                async { changed }
            },
        ))
    }

    fn changed(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        for (name, value) in &self.fields {
            headers.remove(name);
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        if let Some(value) =
            self.cleared_beside_set_cookie.as_ref().filter(|_| headers.contains_key(SET_COOKIE))
        {
            headers.insert("clear-site-data", value.clone());
        }
        response
    }

    fn guard_script(&self, nonce: Option<Extension<Nonce>>) -> String {
        match (self.guard, nonce) {
            (Guard::On, Some(Extension(nonce))) => {
                format!(r#"<script src="/page-guard.js" nonce="{nonce}"></script>"#)
            }
            _ => String::new(),
        }
    }
}

fn page(head: &str, body: &str) -> Html<String> {
    Html(format!("<!doctype html><html><head><title>Bank</title>{head}</head><body>{body}</body></html>"))
}

async fn sign_in_page() -> Html<String> {
    page("", r#"<form id="sign-in" method="post" action="/sign-in"><input name="user"></form>"#)
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

async fn sign_in(session: Session, Form(form): Form<SignIn>) -> Result<Redirect, Error> {
    let subject = Subject::new(&form.user).expect("the tests have plain names");
    session.sign_in(subject, Method::Password).await?;
    Ok(Redirect::to("/account"))
}

async fn account(
    State(bank): State<Bank>,
    user: SignedIn,
    token: CsrfToken,
    nonce: Option<Extension<Nonce>>,
) -> Html<String> {
    let form = |path: &str| {
        format!(
            r#"<form id="{path}" method="post" action="/{path}"><input type="hidden" name="{FORM_FIELD}" value="{token}"></form>"#
        )
    };
    let body =
        format!("<p>The balance of {} is 4711.</p>{}{}", user.subject(), form("transfer"), form("sign-out"));
    page(&bank.guard_script(nonce), &body)
}

async fn fill_cart(session: Session) -> Result<Redirect, Error> {
    session.set(CART, &1)?;
    session.commit().await?;
    Ok(Redirect::to("/hello"))
}

async fn transfer(State(bank): State<Bank>, _user: SignedIn) -> Redirect {
    bank.deeds.fetch_add(1, Ordering::SeqCst);
    Redirect::to("/account")
}

async fn sign_out(sign_out: SignOut) -> Result<Redirect, Error> {
    sign_out.finish().await?;
    Ok(Redirect::to("/goodbye"))
}

async fn me(session: Session) -> String {
    session.subject().map_or("nobody".to_owned(), |subject| subject.to_string())
}

/// A public page; whoever shows it asks for its script.
async fn hello(State(bank): State<Bank>, nonce: Option<Extension<Nonce>>) -> Html<String> {
    page(&bank.guard_script(nonce), "Hello")
}

/// Repeats what it was asked for without escaping it, as a page with a hole does.
async fn search(nonce: Option<Extension<Nonce>>, RawQuery(query): RawQuery) -> Html<String> {
    let nonce = nonce.map(|Extension(nonce)| nonce.to_string()).unwrap_or_default();
    let ours = format!(
        r#"<script nonce="{nonce}">var ran = ["ours"], blocked = 0;
        addEventListener("securitypolicyviolation", () => {{ blocked += 1; }});</script>"#
    );
    page(&ours, &hex_decoded(&query.unwrap_or_default()))
}

fn hex_decoded(text: &str) -> String {
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let octets =
        text.as_bytes().chunks(2).map(|pair| octet(pair).expect("the tests write hexadecimal digits"));
    String::from_utf8(octets.collect()).expect("the tests write UTF-8")
}

async fn leaving_form(nonce: Option<Extension<Nonce>>, RawQuery(address): RawQuery) -> Html<String> {
    let nonce = nonce.map(|Extension(nonce)| nonce.to_string()).unwrap_or_default();
    let head = format!(
        r#"<script nonce="{nonce}">var blocked = [];
        addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));</script>"#
    );
    let address = address.unwrap_or_default();
    page(&head, &format!(r#"<form id="leave" method="post" action="/leave?{address}"></form>"#))
}

/// Sends on to another site after a form, as a sign-in by an identity provider does.
async fn leave(RawQuery(address): RawQuery) -> Redirect {
    Redirect::to(&address.unwrap_or_default())
}

async fn page_guard() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript")], PAGE_GUARD)
}
