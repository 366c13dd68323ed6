//! A response that goes on for as long as its session does, such as a stream of events.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;

/// A body that breaks off when its session ends.
pub(super) struct GuardedBody<B> {
    body: B,
    session_ended: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// The session ended before the body did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the session ended while its response was under way")]
pub(super) struct SessionEnded;

impl<B> GuardedBody<B> {
    pub(super) fn new(body: B, session_ended: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { body, session_ended: Box::pin(session_ended) }
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
        if self.session_ended.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(Box::new(SessionEnded))));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
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
    use http_body_util::{BodyExt, Full};

    use super::*;

    #[tokio::test]
    async fn a_body_ends_as_it_likes_while_its_session_lives() {
        let body = GuardedBody::new(Full::new(Bytes::from_static(b"whole")), std::future::pending());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "whole");
    }

    #[tokio::test]
    async fn a_body_breaks_off_when_its_session_has_ended() {
        let body = GuardedBody::new(Full::new(Bytes::from_static(b"whole")), std::future::ready(()));
        assert!(body.collect().await.unwrap_err().is::<SessionEnded>());
    }
}
