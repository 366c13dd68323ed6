//! The store of marks: what ends sealed sessions.

use std::time::Duration;

use cloakroom_core::machine::Held;
use cloakroom_core::sealed::{Epoch, EpochMark, MarkKey, Marks, SessionMark};
use cloakroom_core::store::{ErrorKind, Insert, Inserted, Loaded, Row, StoreError, Swap};
use cloakroom_core::{SecretDigest, SessionId, Subject, Timestamp};

use crate::engine::Engine;
use crate::erased::Boxed;
use crate::error::Error;

/// How much longer than any value that it speaks of a mark is kept: a wall clock may be set back meanwhile.
const MARGIN: Duration = Duration::from_hours(24);
/// How long the marks of subjects and of everyone are kept at least: as long as a browser keeps any cookie.
///
/// Source: RFC 6265bis 5.5, which caps a cookie's life at 400 days.
const EPOCH_KEPT_MIN: Duration = Duration::from_hours(400 * 24);
/// How often a mark is tried to be written while others write it too.
const TRIES_MAX: usize = 16;

/// The marks of an engine's sessions.
#[derive(Clone, Copy)]
pub(crate) struct Revocations<'a>(pub(crate) &'a Engine);

/// What became of a mark on one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    Done,
    /// The session had ended, or its value was superseded, before.
    Gone,
}

impl Revocations<'_> {
    /// All marks that concern a value, if the store has them at hand.
    pub(super) fn marks_now(self, id: SessionId, subject: Option<&Subject>) -> Option<Result<Marks, Error>> {
        if !self.is_revocable() {
            return Some(Ok(Marks::default()));
        }
        let read = || -> Option<Result<Marks, StoreError>> {
            let load = |key: MarkKey| self.0.store.load_now(key.id());
            let (session, everyone) = (load(MarkKey::of_session(id))?, load(MarkKey::EVERYONE)?);
            let subject = match subject {
                Some(subject) => load(MarkKey::of_subject(subject))?,
                None => Ok(None),
            };
            Some(session.and_then(|session| Ok(marks(session, subject?, everyone?))))
        };
        if self.0.has_copies {
            return None;
        }
        read().map(|marks| marks.map_err(|error| self.0.failed(error)))
    }

    /// All marks that concern a value, as of some moment after the call.
    pub(super) async fn marks(self, id: SessionId, subject: Option<&Subject>) -> Result<Marks, Error> {
        if let Some(marks) = self.marks_now(id, subject) {
            return marks;
        }
        let of_subject: Boxed<'_, Option<Loaded>> = match subject {
            Some(subject) => self.0.store.load_fresh(MarkKey::of_subject(subject).id()),
            None => Box::pin(std::future::ready(Ok(None))),
        };
        let all: Boxed<'_, Marks> = Box::pin(async {
            let (session, subject, everyone) = tokio::try_join!(
                self.0.store.load_fresh(MarkKey::of_session(id).id()),
                of_subject,
                self.0.store.load_fresh(MarkKey::EVERYONE.id()),
            )?;
            Ok(marks(session, subject, everyone))
        });
        self.0.in_time("load", all).await
    }

    /// Ends a session. `ends_at` is the last moment of the value that is at hand.
    pub(super) async fn end(self, id: SessionId, ends_at: Option<Timestamp>) -> Result<Marked, Error> {
        self.mark_session(id, ends_at, |_| Some(SessionMark::Ended)).await
    }

    /// Ends the session of a value that is good until then; of one that was superseded meanwhile it is not for the holder to end.
    pub(super) async fn end_held(self, held: &Held, ends_at: Option<Timestamp>) -> Result<Marked, Error> {
        self.mark_session(held.id, ends_at, |mark| match mark {
            Some(mark) if !mark.is_superseded_by(&held.presented) => None,
            _ => Some(SessionMark::Ended),
        })
        .await
    }

    /// Lets only the value of this digest be good from now on, unless the held one is not good any more.
    pub(super) async fn supersede(
        self,
        held: &Held,
        digest: SecretDigest,
        ends_at: Option<Timestamp>,
    ) -> Result<Marked, Error> {
        self.mark_session(held.id, ends_at, |mark| match mark {
            Some(mark) if !mark.is_superseded_by(&held.presented) => None,
            _ => Some(SessionMark::superseded_by(&digest)),
        })
        .await
    }

    async fn mark_session(
        self,
        id: SessionId,
        ends_at: Option<Timestamp>,
        change: impl Fn(Option<SessionMark>) -> Option<SessionMark>,
    ) -> Result<Marked, Error> {
        let engine = self.0;
        let until = engine.now().after(engine.rules.lifetime.absolute()).max(ends_at.unwrap_or_default());
        let key = MarkKey::of_session(id);
        self.write(key, |before| match before.map(SessionMark::from_row) {
            Some(SessionMark::Ended) => None,
            mark => change(mark).map(|mark| mark.to_row(engine.now(), until.after(MARGIN))),
        })
        .await
    }

    /// Ends every value of the subject, or of everyone when there is none, but those of one session.
    pub(super) async fn begin_epoch(
        self,
        of: Option<&Subject>,
        spare: Option<SessionId>,
    ) -> Result<(), Error> {
        let engine = self.0;
        let mut octets = [0; Epoch::LEN];
        engine.entropy.fill(&mut octets)?;
        let mark = EpochMark { epoch: Epoch::from_entropy(octets), spare };
        let now = engine.now();
        let until = now.after(engine.rules.lifetime.absolute()).after(EPOCH_KEPT_MIN);
        let key = of.map_or(MarkKey::EVERYONE, MarkKey::of_subject);
        self.write(key, |_| Some(mark.to_row(now, until))).await.map(drop)
    }

    /// Writes a mark over what was there, by compare-and-swap.
    async fn write(self, key: MarkKey, row: impl Fn(Option<&Row>) -> Option<Row>) -> Result<Marked, Error> {
        let engine = self.0;
        for _ in 0..TRIES_MAX {
            let before = engine.in_time("load", engine.store.load_fresh(key.id())).await?;
            let Some(row) = row(before.as_ref().map(|before| &before.row)) else { return Ok(Marked::Gone) };
            let written = match before {
                Some(before) => self.replace(key, &before, &row).await?,
                None => self.insert(key, &row).await?,
            };
            if written {
                return Ok(Marked::Done);
            }
        }
        Err(Error::Lost)
    }

    async fn replace(self, key: MarkKey, before: &Loaded, row: &Row) -> Result<bool, Error> {
        let swap = self.0.store.replace(key.id(), before.version, row);
        Ok(matches!(self.0.in_time("replace", swap).await?, Swap::Done(_)))
    }

    async fn insert(self, key: MarkKey, row: &Row) -> Result<bool, Error> {
        // A mark that another request has put there meanwhile is no failure of the store.
        let inserted: Boxed<'_, bool> = Box::pin(async {
            match self.0.store.insert(Insert { id: key.id(), row, replaces: None }).await {
                Ok(inserted) => Ok(inserted == Inserted::Done),
                Err(error) if error.kind() == ErrorKind::Duplicate => Ok(false),
                Err(error) => Err(error),
            }
        });
        self.0.in_time("insert", inserted).await
    }

    pub(super) fn is_revocable(self) -> bool {
        self.0.sealing.as_ref().is_some_and(|sealing| sealing.is_revocable())
    }
}

fn marks(session: Option<Loaded>, subject: Option<Loaded>, everyone: Option<Loaded>) -> Marks {
    let epoch = |loaded: Option<Loaded>| loaded.map(|loaded| EpochMark::from_row(&loaded.row));
    Marks {
        session: session.map(|loaded| SessionMark::from_row(&loaded.row)),
        subject: epoch(subject),
        everyone: epoch(everyone),
    }
}
