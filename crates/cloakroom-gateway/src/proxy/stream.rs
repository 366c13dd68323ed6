//! A response on its way to the client: it goes on for as long as its session does, and is not silent for too long.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;
use tokio::time::{Instant, Sleep};

use crate::lasting::{Hold, Why};
use crate::proxy::hop_by_hop;

/// A body that breaks off when its session ends or nothing comes any more.
pub(super) struct GuardedBody<B> {
    body: B,
    ended: Option<Pin<Box<dyn Future<Output = Why> + Send>>>,
    silence: Option<Silence>,
    is_events: bool,
}

/// How long nothing may come. The timer is made when it is first needed, which is seldom.
struct Silence {
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

/// The body was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum BrokenOff {
    /// The session ended before the body did.
    #[error("the session ended while its response was under way")]
    SessionEnded,
    /// The application has sent nothing for too long.
    #[error("the application fell silent in the middle of its response")]
    Silent,
}

impl<B> GuardedBody<B> {
    /// A body with these fields. What is open is held where the body may go on for long.
    pub(super) fn new(body: B, fields: &HeaderMap, hold: Option<Hold>, silence: Option<Duration>) -> Self {
        let is_events = is_events(fields);
        // What may finish when its table is another is still its session's, for as long as it takes.
        let hold = if is_events { hold } else { hold.map(Hold::whatever_the_table) };
        let ended = hold.map(|hold| Box::pin(async move { hold.ended().await }) as Pin<Box<_>>);
        // A stream of events may say nothing for as long as nothing happens.
        let silence = silence.filter(|_| !is_events);
        let silence = silence.map(|limit| Silence { limit, timer: None, is_waiting: false });
        Self { body, ended, silence, is_events }
    }
}

fn is_events(fields: &HeaderMap) -> bool {
    let media = fields.get(CONTENT_TYPE).map(|value| value.as_bytes().split(|octet| *octet == b';'));
    let media = media.and_then(|mut parts| parts.next()).unwrap_or_default();
    media.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
}

impl Silence {
    /// Whether it has been too long, at a moment when nothing has come.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = || Instant::now() + self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.limit)));
        if !self.is_waiting {
            timer.as_mut().reset(until());
            self.is_waiting = true;
        }
        timer.as_mut().poll(cx)
    }
}

impl<B> Body for GuardedBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Some(ended) = &mut this.ended
            && let Poll::Ready(why) = ended.as_mut().poll(cx)
        {
            this.ended = None;
            match why {
                Why::SessionEnded | Why::Expired => {
                    return Poll::Ready(Some(Err(Box::new(BrokenOff::SessionEnded))));
                }
                // A stream of events has no end of its own, and browsers open another; anything else may finish.
                Why::Farewell | Why::Retired if this.is_events => return Poll::Ready(None),
                Why::Farewell | Why::Retired => {}
            }
        }
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                if let Some(silence) = &mut this.silence {
                    silence.is_waiting = false;
                }
                Poll::Ready(frame.map(|frame| frame.map(clean).map_err(Into::into)))
            }
            Poll::Pending => match &mut this.silence {
                Some(silence) => {
                    silence.poll_over(cx).map(|()| Some(Err(Box::new(BrokenOff::Silent) as Self::Error)))
                }
                None => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Trailers set no cookies and say nothing of connections.
fn clean(mut frame: Frame<Bytes>) -> Frame<Bytes> {
    if let Some(trailers) = frame.trailers_mut() {
        hop_by_hop::strip(trailers);
        trailers.remove(SET_COOKIE);
    }
    frame
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http_body_util::{BodyExt, Full};

    use super::*;
    use crate::lasting::Lasting;

    fn whole() -> Full<Bytes> {
        Full::new(Bytes::from_static(b"whole"))
    }

    fn events() -> HeaderMap {
        [(CONTENT_TYPE, HeaderValue::from_static("Text/Event-Stream; charset=utf-8"))].into_iter().collect()
    }

    #[tokio::test]
    async fn a_body_ends_as_it_likes_while_its_session_lives() {
        let hold = Lasting::new().open(None);
        let body = GuardedBody::new(whole(), &HeaderMap::new(), Some(hold), Some(Duration::from_secs(1)));
        assert_eq!(body.collect().await.unwrap().to_bytes(), "whole");
    }

    #[tokio::test]
    async fn at_the_farewell_events_end_and_a_body_goes_on() {
        let lasting = Lasting::new();
        lasting.say_farewell();
        let body = GuardedBody::new(whole(), &HeaderMap::new(), Some(lasting.open(None)), None);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "whole");
        let body = GuardedBody::new(whole(), &events(), Some(lasting.open(None)), None);
        assert_eq!(body.collect().await.unwrap().to_bytes(), "");
        lasting.all_closed().await;
    }

    /// A body of which nothing ever comes.
    struct Nothing;

    impl Body for Nothing {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn silence_breaks_a_body_off_and_no_stream_of_events() {
        let limit = Duration::from_millis(5);
        let body = GuardedBody::new(Nothing, &HeaderMap::new(), None, Some(limit));
        let error = body.collect().await.unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&BrokenOff::Silent));
        assert!(GuardedBody::new(Nothing, &events(), None, Some(limit)).silence.is_none());
    }
}
