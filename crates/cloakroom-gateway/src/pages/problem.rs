//! What is shown when something is not there, not allowed or not working.

use http::StatusCode;
use maud::{Markup, html};

use crate::pages::Site;
use crate::pages::layout::Width;

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
        let (title, text) = words(self.status);
        let content = html! {
            div.panel {
                p { (text) }
                p.quiet.small { "Request " code { (self.request_id) } }
            }
        };
        site.page(title, None, Width::Form, &content)
    }
}

/// What a user sees who is signed in and may not go on.
#[derive(Debug)]
pub(crate) struct NotAllowedPage<'a> {
    /// Who is signed in.
    pub(crate) user: &'a str,
    /// The application.
    pub(crate) app: &'a str,
    /// Where one signs out, to come back as somebody else.
    pub(crate) sign_out: &'a str,
}

impl NotAllowedPage<'_> {
    /// The page.
    pub(crate) fn render(&self, site: &Site) -> Markup {
        let content = html! {
            div.panel {
                p { "You are signed in as " strong { (self.user) } ", and this part of " strong { (self.app) } " is not open to you." }
                p.quiet { "Whoever runs this site can put you into a group that may come here." }
                a.button href=(self.sign_out) { "Sign in as somebody else" }
            }
        };
        site.page("Not allowed", Some(self.user), Width::Form, &content)
    }
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("Not found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => ("Not possible here", "This address does not take such a request."),
        StatusCode::FORBIDDEN => (
            "Refused",
            "This request did not come from a page of this site, or that page was too old. Please go back, reload the \
             page and try again.",
        ),
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Not understood", "The form could not be read. Please go back and try again.")
        }
        StatusCode::BAD_GATEWAY => (
            "The application does not answer",
            "The application behind this page cannot be reached. Please try again in a while.",
        ),
        StatusCode::GATEWAY_TIMEOUT => (
            "The application does not answer",
            "The application behind this page took too long. What you sent may have arrived all the same.",
        ),
        StatusCode::REQUEST_TIMEOUT => ("Too slow", "The request did not arrive in time. Please try again."),
        StatusCode::SERVICE_UNAVAILABLE => (
            "Just a moment",
            "The site is too busy or cannot reach its database. Please try again in a few seconds.",
        ),
        _ => ("Something went wrong", "The site could not answer. Please try again later."),
    }
}
