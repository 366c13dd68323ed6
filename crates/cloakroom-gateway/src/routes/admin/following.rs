//! A stream of events, for as long as whoever follows it may.
//!
//! Nothing is kept for a stream but the number of the last event that went into it: what comes next is read when there is room for it, from
//! the trail itself. So a reader who is slow costs nothing, one who comes back goes on where they were, and events of all instances come in one
//! order.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cloakroom::{SessionId, Subject};
use http_body::{Body, Frame};
use tokio::time::{Instant, sleep};

use crate::accounts::UserId;
use crate::events::{EventFilter, EventNumber, RecordedEvent};
use crate::followers::Follower;
use crate::lasting::Hold;
use crate::pages::{Language, event_row};
use crate::routes::gateway::Gateway;
use crate::routes::member::Member;

/// How often it is looked whether something has come, and whether the viewer may still look.
const LOOK: Duration = Duration::from_millis(400);

/// After so long without an event something is sent all the same, so that nothing on the way closes the stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many events are read at a time, which is what a stream has in memory.
const EVENTS_AT_ONCE: usize = 100;

/// How long a browser waits before it comes back: some milliseconds.
const BEGINNING: &str = "retry: 2000\n\n";

/// Where a stream is.
pub(super) struct Following {
    gateway: Gateway,
    session: SessionId,
    subject: Subject,
    user: UserId,
    language: Language,
    filter: EventFilter,
    last: EventNumber,
    sent_at: Instant,
    hold: Hold,
    _place: Follower,
}

/// Whether whoever follows may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Given,
    Taken,
    /// Sessions or accounts cannot be read: nothing is sent until they can, and nothing ends.
    Unknown,
}

impl Following {
    /// A stream that begins behind an event.
    pub(super) fn new(
        gateway: &Gateway,
        member: Member,
        language: Language,
        filter: EventFilter,
        last: EventNumber,
        place: Follower,
    ) -> Self {
        Self {
            gateway: gateway.clone(),
            session: member.id,
            subject: member.subject,
            user: member.user.id,
            language,
            filter,
            last,
            sent_at: Instant::now(),
            hold: gateway.lasting.open(Some(member.id)),
            _place: place,
        }
    }

    /// What goes into the stream next; nothing when it is over.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            let text = match self.leave().await {
                Leave::Taken => return None,
                Leave::Unknown => None,
                Leave::Given => self.come().await,
            };
            let text = text.or_else(|| (self.sent_at.elapsed() >= HEARTBEAT).then(|| ":\n\n".to_owned()));
            if let Some(text) = text {
                self.sent_at = Instant::now();
                return Some((text.into(), self));
            }
            tokio::select! {
                _why = self.hold.ended() => return None,
                () = sleep(LOOK) => {}
            }
        }
    }

    /// The events that have come since; nothing when none has.
    async fn come(&mut self) -> Option<String> {
        let read = self.gateway.installation.events_after(self.last, EVENTS_AT_ONCE).await;
        let events = read.inspect_err(|error| {
            tracing::debug!(
                error = error as &dyn std::error::Error,
                "the trail could not be followed for a moment"
            );
        });
        let events = events.ok()?;
        self.last = events.last()?.number;
        let mut text = String::new();
        for event in events.iter().filter(|event| self.filter.takes(event)) {
            let place = place(&self.gateway, self.language, event);
            let row = event_row(self.gateway.site(self.language), event, place.as_deref());
            let _infallible = write!(text, "id: {}\ndata: {}\n\n", event.number, row.into_string());
        }
        if !events.last().is_some_and(|event| self.filter.takes(event)) {
            // Without data it makes no event, and the browser knows all the same from where to go on.
            let _infallible = write!(text, "id: {}\n\n", self.last);
        }
        Some(text)
    }

    /// A look is no activity: an open page keeps no session alive.
    async fn leave(&self) -> Leave {
        let installation = &self.gateway.installation;
        let authentication = match installation.sessions().find(self.session).await {
            Ok(found) => found.and_then(|info| info.authentication),
            Err(_) => return Leave::Unknown,
        };
        if authentication.is_none_or(|authentication| authentication.subject != self.subject) {
            return Leave::Taken;
        }
        match installation.accounts().get(self.user).await {
            Ok(Some(found)) if found.user.disabled_at.is_none() && found.user.role.may_look() => Leave::Given,
            Ok(_) => Leave::Taken,
            Err(_) => Leave::Unknown,
        }
    }
}

/// Where the request of an event came from, as far as anybody knows.
pub(super) fn place(gateway: &Gateway, language: Language, event: &RecordedEvent) -> Option<String> {
    let address: IpAddr = event.address.as_deref()?.parse().ok()?;
    gateway.places.name(address, language.tag())
}

type Step = Pin<Box<dyn Future<Output = Option<(Bytes, Following)>> + Send>>;

/// A stream as the body of a response.
pub(super) struct Followed(Option<Step>);

impl From<Following> for Followed {
    fn from(following: Following) -> Self {
        Self(Some(Box::pin(async move { Some((BEGINNING.into(), following)) })))
    }
}

impl Body for Followed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(step) = &mut self.0 else { return Poll::Ready(None) };
        match step.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.0 = None;
                Poll::Ready(None)
            }
            Poll::Ready(Some((octets, following))) => {
                self.0 = Some(Box::pin(following.next()));
                Poll::Ready(Some(Ok(Frame::data(octets))))
            }
        }
    }
}
