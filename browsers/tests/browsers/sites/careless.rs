//! Sites with faults that the library does not let one make, or where one sees which cookies come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Form, Router};
use cloakroom::{CookiePolicy, Error, MemoryStore, Method, Session, Sessions, Subject};
use serde::Deserialize;

const EMPTY: Html<&str> = Html("<!doctype html><title>x</title>");

/// Hands out `__Host-strict`, `__Host-lax` and `__Host-none` at `/begin`, each as the library writes it.
pub(crate) fn three_cookies() -> Router {
    let cookies: [CookiePolicy; 3] = [
        CookiePolicy::host("strict").strict().into(),
        CookiePolicy::host("lax").into(),
        CookiePolicy::host("none").insecure_same_site_none().into(),
    ];
    let mut router = Router::new();
    for (number, cookie) in cookies.into_iter().enumerate() {
        let sessions = Sessions::indexed(MemoryStore::new()).cookie(cookie);
        router = router.merge(
            Router::new().route(&format!("/begin/{number}"), get(sign_in_by_get)).layer(sessions.layer()),
        );
    }
    router.merge(raw_cookies()).fallback(|| async { EMPTY })
}

/// Cookies as one writes them by hand, and as the library writes none.
pub(super) fn raw_cookies<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let set = |line: &'static str| get(move || async move { ([(SET_COOKIE, line)], EMPTY) });
    Router::new()
        .route("/careless-removal", set("__Host-sid=; Path=/; Max-Age=0"))
        .route("/readable", set("__Host-readable=1; Path=/; Secure; SameSite=Lax"))
        .route("/unset", set("__Host-unset=1; Path=/; Secure; HttpOnly"))
        .route("/of-octets/{octets}", get(of_octets))
}

/// A cookie whose name and value have so many octets together.
async fn of_octets(Path(octets): Path<usize>) -> impl IntoResponse {
    let value = "v".repeat(octets - "__Host-big".len());
    ([(SET_COOKIE, format!("__Host-big={value}; Path=/; Secure; HttpOnly; SameSite=Lax"))], EMPTY)
}

/// A deed that a link can do, as no site should have one.
pub(crate) fn deed_by_get() -> Router {
    let sessions = Sessions::indexed(MemoryStore::new()).cookie(CookiePolicy::host("sid"));
    let routes = Router::new().route("/begin", get(sign_in_by_get)).route("/sign-out", get(sign_out_by_get));
    routes.route("/me", get(me)).layer(sessions.layer())
}

async fn sign_in_by_get(session: Session) -> Result<Html<&'static str>, Error> {
    session.sign_in(alice(), Method::Password).await?;
    Ok(EMPTY)
}

async fn sign_out_by_get(session: Session) -> Result<Html<&'static str>, Error> {
    session.sign_out().await?;
    Ok(EMPTY)
}

async fn me(session: Session) -> String {
    session.subject().map_or("nobody".to_owned(), |subject| subject.to_string())
}

fn alice() -> Subject {
    Subject::new("alice").expect("a plain name")
}

/// Whose session a value is.
type Adopted = Arc<Mutex<HashMap<String, String>>>;

/// Sessions as many have written them: whatever value the browser brings is taken, and a sign-in keeps it.
pub(crate) fn adopting_site() -> Router {
    let routes = Router::new().route("/sign-in", get(|| async { EMPTY })).route("/sign-in", post(adopt));
    routes.route("/account", get(adopted)).route("/me", get(adopted)).with_state(Adopted::default())
}

#[derive(Deserialize)]
struct SignIn {
    user: String,
}

async fn adopt(
    State(users): State<Adopted>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> impl IntoResponse {
    let value = brought(&headers).unwrap_or_else(|| "made-by-the-server".to_owned());
    users.lock().unwrap_or_else(PoisonError::into_inner).insert(value.clone(), form.user);
    let line = format!("__Host-sid={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
    ([(SET_COOKIE, line)], Html("<!doctype html><script>location = '/account'</script>"))
}

async fn adopted(State(users): State<Adopted>, headers: HeaderMap) -> Html<String> {
    let users = users.lock().unwrap_or_else(PoisonError::into_inner);
    let user = brought(&headers).and_then(|value| users.get(&value).cloned());
    Html(user.unwrap_or_else(|| "nobody".to_owned()))
}

fn brought(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|pair| pair.strip_prefix("__Host-sid=")).map(str::to_owned)
}
