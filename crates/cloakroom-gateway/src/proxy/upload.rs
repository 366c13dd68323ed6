//! The body of a request on its way to the application.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE, HOST};
use http_body::{Frame, SizeHint};
use thiserror::Error;
use tokio::time::{Instant, sleep_until};

use crate::lasting::{Hold, Why};
use crate::proxy::{hop_by_hop, identity};

/// When something last moved towards the application.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<Moved>>);

#[derive(Debug)]
struct Moved {
    at: Instant,
    /// Whether the client is the one who is waited for.
    waits_for_client: bool,
}

/// A body whose progress can be seen, and whose trailers say nothing that its head may not. It breaks off when somebody ends its session: whoever
/// keeps the last octet back would have it done later. One that takes longer than its session lasts may finish.
pub(super) struct Upload {
    body: Body,
    progress: Progress,
    ended: Option<Pin<Box<dyn Future<Output = Why> + Send>>>,
}

/// The body did not come to its end.
#[derive(Debug, Error)]
pub(super) enum Cut {
    /// The session ended before the body did.
    #[error("the session ended while its request was under way")]
    SessionEnded,
    /// The client broke off, or what it sent is no body.
    #[error("the client did not send the whole of its request")]
    ByClient(#[source] axum::Error),
}

/// Who took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slow {
    /// The client, with its body.
    Client,
    /// The application, with its answer.
    Application,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Moved { at: Instant::now(), waits_for_client: false })))
    }

    fn note(&self, waits_for_client: bool) {
        let mut moved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Asking again for what has not come is no progress.
        if !(waits_for_client && moved.waits_for_client) {
            *moved = Moved { at: Instant::now(), waits_for_client };
        }
    }

    /// Completes when nothing has moved for so long.
    pub(super) async fn stalled(&self, limit: Duration) -> Slow {
        loop {
            let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).at + limit;
            sleep_until(until).await;
            let moved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if moved.at + limit <= until {
                return if moved.waits_for_client { Slow::Client } else { Slow::Application };
            }
        }
    }
}

impl Upload {
    /// A body of this session's, if it needs one.
    pub(super) fn new(body: Body, progress: Progress, hold: Hold) -> Self {
        let hold = hold.whatever_the_table();
        Self { body, progress, ended: Some(Box::pin(async move { hold.ended().await })) }
    }

    /// Whether somebody has ended its session. Whatever else ends lets it finish.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(Poll::Ready(why)) = self.ended.as_mut().map(|ended| ended.as_mut().poll(cx)) else {
            return false;
        };
        self.ended = None;
        why == Why::SessionEnded
    }
}

/// Trailers are handed on, but for names that must not come from a client: some programs mix them with the fields of the head.
///
/// Source: RFC 9110 6.5.1, 6.5.2.
fn clean(trailers: &mut HeaderMap) {
    hop_by_hop::strip(trailers);
    identity::strip(trailers);
    for name in [AUTHORIZATION, CONTENT_LENGTH, COOKIE, HOST] {
        trailers.remove(name);
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if self.poll_ended(cx) {
            return Poll::Ready(Some(Err(Cut::SessionEnded)));
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.progress.note(polled.is_pending());
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            // All of it is the application's now.
            self.ended = None;
        }
        let cleaned = polled.map_ok(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                clean(trailers);
            }
            frame
        });
        cleaned.map_err(Cut::ByClient)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use http_body_util::{BodyExt as _, Empty};

    use super::*;
    use crate::lasting::Lasting;

    #[tokio::test]
    async fn trailers_arrive_without_what_a_client_may_not_say() {
        let mut trailers = HeaderMap::new();
        for name in ["grpc-status", "remote_user", "X-Cloakroom-Aal", "cookie", "transfer-encoding"] {
            trailers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_static("1"));
        }
        let body = Body::new(Empty::new().with_trailers(std::future::ready(Some(Ok(trailers)))));
        let hold = Lasting::new().open(None);
        let collected = Upload::new(body, Progress::new(), hold).collect().await.unwrap();
        let names: Vec<&str> = collected.trailers().unwrap().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["grpc-status"]);
    }

    #[tokio::test]
    async fn who_is_waited_for_is_known_and_asking_again_is_no_progress() {
        let (progress, limit) = (Progress::new(), Duration::from_millis(5));
        assert_eq!(progress.stalled(limit).await, Slow::Application);
        progress.note(true);
        let waits_since = progress.0.lock().unwrap().at;
        progress.note(true);
        assert_eq!(progress.0.lock().unwrap().at, waits_since);
        assert_eq!(progress.stalled(limit).await, Slow::Client);
        progress.note(false);
        assert_eq!(progress.stalled(limit).await, Slow::Application);
    }
}
