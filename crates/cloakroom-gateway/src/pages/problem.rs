//! What is shown when something is not there, not allowed or not working.

use http::StatusCode;
use maud::{Markup, html};

use crate::pages::site::{Width, request_number};
use crate::pages::{Site, Words};

/// A page about a request that could not be answered as asked.
#[derive(Debug)]
pub(crate) struct ProblemPage<'a> {
    /// The status of the response.
    pub(crate) status: StatusCode,
    /// What to quote to whoever runs the site.
    pub(crate) request_id: &'a str,
}

impl ProblemPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let (title, text) = said(words, self.status);
        let content = html! {
            p { (text) }
            a.button.plain.full href="/" { (words.to_start) }
            (request_number(words, self.request_id))
        };
        site.page(title, None, Width::Card, &content)
    }
}

/// What a user sees who is signed in and may not go on.
#[derive(Debug)]
pub(crate) struct NotAllowedPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// The application.
    pub(crate) app: &'a str,
    /// The groups that it takes: of each of these lists one.
    pub(crate) needed: &'a [Vec<&'a str>],
    /// Where one signs out, to come back as somebody else.
    pub(crate) sign_out: &'a str,
    /// What to quote to whoever runs the site.
    pub(crate) request_id: Option<&'a str>,
}

impl NotAllowedPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let words = site.words();
        let content = html! {
            p { ((words.not_allowed_text)(self.user, self.app)) }
            @for groups in self.needed { p { (words.needed) " " (joined(groups)) } }
            p.quiet { (words.not_allowed_hint) }
            a.button.full href=(self.sign_out) { (words.sign_in_as_other) }
            @if let Some(request_id) = self.request_id { (request_number(words, request_id)) }
        };
        site.page(words.not_allowed, Some(self.user), Width::Card, &content)
    }
}

/// Names, each of which is one.
fn joined(names: &[&str]) -> Markup {
    html! { @for (place, name) in names.iter().enumerate() { @if place > 0 { ", " } strong { (name) } } }
}

/// A heading and a sentence about a status.
const fn said(words: &Words, status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (words.not_found, words.not_found_text),
        StatusCode::METHOD_NOT_ALLOWED => (words.not_possible, words.not_possible_text),
        StatusCode::FORBIDDEN => (words.refused, words.refused_text),
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            (words.not_understood, words.not_understood_text)
        }
        StatusCode::BAD_GATEWAY => (words.no_answer, words.no_answer_text),
        StatusCode::GATEWAY_TIMEOUT => (words.no_answer, words.late_answer_text),
        StatusCode::REQUEST_TIMEOUT => (words.too_slow, words.too_slow_text),
        StatusCode::SERVICE_UNAVAILABLE => (words.unavailable, words.unavailable_text),
        _ => (words.broken, words.broken_text),
    }
}
