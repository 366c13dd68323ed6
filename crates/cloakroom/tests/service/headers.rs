//! What the session layer tells the header layer.

use axum::http::Response;
use cloakroom::headers::SecurityHeaders;
use cloakroom::{MemoryStore, Sessions};

use crate::site::{Browser, application};

fn cleared<B>(answer: &Response<B>) -> Option<&str> {
    answer.headers().get("clear-site-data").map(|value| value.to_str().expect("a field of ASCII"))
}

#[tokio::test]
async fn rev_11_a_sign_out_over_tls_clears_what_scripts_kept_and_nothing_else_does() {
    let sessions = Sessions::indexed(MemoryStore::new());
    let over_tls = application(sessions.layer()).layer(SecurityHeaders::over_tls().layer());
    let mut browser = Browser::signed_in(&over_tls, "alice").await;
    assert_eq!(cleared(&browser.post("/prove").await), None);
    let answer = browser.post("/logout").await;
    assert_eq!(cleared(&answer), Some(r#""cache", "storage""#));
    assert_eq!(browser.jar, None);
    assert_eq!(cleared(&browser.post("/logout").await), None, "nobody was signed in");
}

#[tokio::test]
async fn rev_11_a_sign_out_over_plain_http_clears_nothing() {
    let sessions = Sessions::indexed(MemoryStore::new());
    let plain = application(sessions.layer()).layer(SecurityHeaders::insecure_over_plain_http().layer());
    let mut browser = Browser::signed_in(&plain, "alice").await;
    assert_eq!(cleared(&browser.post("/logout").await), None);
}
