//! How moving in is set up.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cloakroom_core::Timestamp;
use cloakroom_core::store::Store;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use super::{MovedIn, OldSession, OldSessions};
use crate::erased::AnyStore;
use crate::recent::SeenIds;

/// Lets users of another system move in; see the [module](super) for what is promised.
#[derive(Clone)]
pub struct MovingIn {
    pub(super) old: Arc<dyn AnyOld>,
    pub(super) marks: Arc<dyn AnyStore>,
    pub(super) until: Timestamp,
    pub(super) asks: Asks,
    pub(super) refusals_seen: Arc<SeenIds>,
}

/// Which requests may move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    All,
    Navigations,
}

/// What an application's mapping comes to.
pub(super) type Mapped<'a> = Pin<Box<dyn Future<Output = Result<Option<MovedIn>, MappingError>> + Send + 'a>>;
pub(super) type MappingError = Box<dyn std::error::Error + Send + Sync>;

/// An old session that a request has brought, and the question whose it is, which is asked when somebody waits for it.
pub(super) struct Found<'a> {
    pub(super) fingerprint: [u8; 32],
    pub(super) mapped: Mapped<'a>,
}

/// A reader with its mapping, without their types.
pub(super) trait AnyOld: Send + Sync {
    fn read(&self, headers: &HeaderMap, now: Timestamp) -> Option<Found<'_>>;
    fn removals(&self) -> &[HeaderValue];
}

impl MovingIn {
    /// Reads the cookies of `old`, and signs in whomever `map` says, until this moment and never after.
    ///
    /// `map` is asked for every request with a believed cookie that is not signed in, so it should be quick. `Ok(None)` is for
    /// the old session of nobody, such as a visitor's, and of those who may not sign in; the request goes on without a session and
    /// keeps the old cookie. An error is for what could not be looked up: 503, and the old cookie may come again.
    ///
    /// Choose `until` so that what the old system's sessions lived has passed since it was switched off. The store keeps a mark for each
    /// cookie that was used until a day after.
    pub fn new<O, M, F, E>(old: O, marks: impl Store, until: Timestamp, map: M) -> Self
    where
        O: OldSessions,
        M: Fn(OldSession<O::Session>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<MovedIn>, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        let removals = old.removals();
        Self {
            old: Arc::new(Bridge { old, map, removals }),
            marks: Arc::new(marks),
            until,
            asks: Asks::All,
            refusals_seen: Arc::default(),
        }
    }

    /// Moves in on navigations only, as `Sec-Fetch-Mode` tells them, and on requests without that field.
    ///
    /// For pages that ask for much at once: of their requests one would move in, and the others be nobody's until its answer is
    /// there.
    #[must_use]
    pub fn on_navigations_only(self) -> Self {
        Self { asks: Asks::Navigations, ..self }
    }

    /// The fields that take the old cookies away.
    pub(crate) fn removals(&self) -> &[HeaderValue] {
        self.old.removals()
    }
}

impl std::fmt::Debug for MovingIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MovingIn").field("until", &self.until).finish_non_exhaustive()
    }
}

struct Bridge<O, M> {
    old: O,
    map: M,
    removals: Vec<HeaderValue>,
}

impl<O, M, F, E> AnyOld for Bridge<O, M>
where
    O: OldSessions,
    M: Fn(OldSession<O::Session>) -> F + Send + Sync,
    F: Future<Output = Result<Option<MovedIn>, E>> + Send + 'static,
    E: Into<MappingError> + 'static,
{
    fn read(&self, headers: &HeaderMap, now: Timestamp) -> Option<Found<'_>> {
        let lines: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
        let old = self.old.read(&lines, now)?;
        let fingerprint = old.fingerprint;
        let mapped = Box::pin(async move { (self.map)(old).await.map_err(Into::into) });
        Some(Found { fingerprint, mapped })
    }

    fn removals(&self) -> &[HeaderValue] {
        &self.removals
    }
}
