//! What all pages of the demo have in common: their frame, their style, and the fields that keep them from doing more than they show.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};

/// The style of the guide, the other site and the application.
pub(super) const STYLE: &str = include_str!("style.css");

/// A page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// Whose page it is, at its head, and where that leads.
    pub(super) head: (&'a str, &'a str),
    pub(super) content: Markup,
    /// Where its forms may lead besides its own origin.
    pub(super) forms_to: &'a str,
    /// What it may frame.
    pub(super) frames: &'a str,
    pub(super) status: StatusCode,
}

impl<'a> Page<'a> {
    pub(super) const fn new(title: &'a str, head: (&'a str, &'a str), content: Markup) -> Self {
        Self { title, head, content, forms_to: "", frames: "'none'", status: StatusCode::OK }
    }

    pub(super) fn into_response(self) -> Response {
        let (name, home) = self.head;
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    link rel="stylesheet" href="/style.css";
                    // Browsers ask for one otherwise, of a site that has none.
                    link rel="icon" href="data:,";
                }
                body {
                    header { a href=(home) { (name) } }
                    main { h1 { (self.title) } (self.content) }
                }
            }
        };
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src data:; frame-src {}; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
            self.frames, self.forms_to
        );
        let mut response = (self.status, page.into_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        for (name, value) in [
            (CACHE_CONTROL, "no-store"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
            (REFERRER_POLICY, "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// The style itself.
pub(super) async fn style() -> Response {
    let mut response = STYLE.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
