//! What the sites were asked for.

use std::sync::{Condvar, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};

use cloakroom_browsers::DEADLINE;

/// A request that has been answered.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) host: String,
    pub(crate) path: String,
    /// The names of its cookies, in their order.
    pub(crate) cookies: Vec<String>,
    pub(crate) fetch_site: Option<String>,
    pub(crate) origin: Option<String>,
    /// Why the browser asks, when nobody has yet: `prefetch`.
    pub(crate) purpose: Option<String>,
    /// Whether the answer takes the place of the page in the tab.
    pub(crate) is_for_the_tab: bool,
    pub(crate) status: u16,
}

/// All requests, in the order in which they were answered.
#[derive(Debug, Default)]
pub(super) struct Log {
    seen: Mutex<Vec<Seen>>,
    more: Condvar,
}

impl Log {
    pub(super) fn add(&self, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        self.more.notify_all();
    }

    /// Waits for an answer that `is_it`.
    pub(super) fn wait_for(&self, what: &str, is_it: impl Fn(&Seen) -> bool) -> Seen {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.more.wait_timeout_while(seen, DEADLINE, |seen| !seen.iter().any(&is_it));
        let (seen, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let found = seen.iter().find(|seen| is_it(seen)).cloned();
        found.unwrap_or_else(|| panic!("nobody asked for {what}: {seen:#?}"))
    }

    pub(super) fn count(&self, is_it: impl Fn(&Seen) -> bool) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|seen| is_it(seen)).count()
    }
}

impl Seen {
    /// What a request says, before there is an answer.
    pub(super) fn asked(request: &Request<Body>) -> Self {
        let field = |name: &str| text(request.headers(), name);
        let host = field("host").unwrap_or_default();
        let cookies = field("cookie").unwrap_or_default();
        let names = cookies.split("; ").filter_map(|pair| Some(pair.split_once('=')?.0.to_owned()));
        let is_ahead = field("sec-purpose").is_some();
        Self {
            is_for_the_tab: field("sec-fetch-dest").as_deref() == Some("document") && !is_ahead,
            host: host.split(':').next().unwrap_or_default().to_owned(),
            path: request.uri().path().to_owned(),
            cookies: names.collect(),
            fetch_site: field("sec-fetch-site"),
            origin: field("origin"),
            purpose: field("sec-purpose"),
            status: 0,
        }
    }

    pub(super) fn answered<B>(self, response: &Response<B>) -> Self {
        Self { status: response.status().as_u16(), ..self }
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
