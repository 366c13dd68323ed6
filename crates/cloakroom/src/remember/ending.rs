//! What ends with a series, and what ends one.

use std::sync::PoisonError;

use cloakroom_core::machine::{Call, Forget};
use cloakroom_core::{Record, SecretDigest, Series, SeriesLink, SessionId, Subject};

use super::{Claim, Remembering};
use crate::doomed::Doom;
use crate::engine::Engine;
use crate::error::Error;
use crate::event::EventKind;
use crate::session::Session;
use crate::visit::{State, Visit};

/// What the browser of a request is remembered by, for all that the request tells.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    /// The series of its session, and whose it is.
    link: Option<(SessionId, Subject)>,
    claim: Claim,
}

impl Browser {
    pub(super) fn of(session: &Session) -> Self {
        let link = session.0.read(|view| {
            let held = view.held.as_ref()?;
            Some((SeriesLink::of(held.record.slots())?.series, held.record.subject()?.clone()))
        });
        Self { link: link.flatten(), claim: session.0.claim(|| Claim::Absent) }
    }

    /// Whether there is a cookie to take away.
    pub(super) fn has_cookie(&self) -> bool {
        self.link.is_some() || self.claim != Claim::Absent
    }
}

impl Remembering {
    /// How many series are remembered whose sessions have not all ended.
    const UNFINISHED_MAX: usize = 1_000;

    /// Forgets the browser of this session, which itself goes on or is ended by the caller; the response takes the cookie away.
    ///
    /// # Errors
    /// [`Error::Store`]: the token is refused by this process from now on, and what is left is ended when the store is back.
    pub(crate) async fn forget(&self, session: &Session) -> Result<(), Error> {
        let engine = &*session.0.engine;
        let browser = Browser::of(session);
        let forgotten = self.end(engine, &browser, session.id(), "signed_out").await;
        if forgotten.is_err() {
            self.doom(&browser);
        }
        if browser.has_cookie() {
            session.0.change(State::forget_browser);
        }
        forgotten
    }

    /// The same for a sign-out whose session could not be looked up.
    pub(crate) fn forget_in_doubt(&self, visit: &Visit) {
        let claim = visit.claim(|| Claim::Absent);
        if let Claim::One(id, digest) = claim {
            self.doomed.add(id, Doom::claimed(digest, None));
        }
        if claim != Claim::Absent {
            visit.change(State::forget_browser);
        }
    }

    /// The browser has signed in again: what it was remembered by until now ends. It has no token of that any more, so that this fails
    /// nobody's sign-in.
    pub(super) async fn replace(&self, engine: &Engine, before: &Browser, session: Option<SessionId>) {
        if self.end(engine, before, session, "signed_in_again").await.is_err() {
            self.doom(before);
        }
    }

    fn doom(&self, browser: &Browser) {
        if let Claim::One(id, digest) = browser.claim {
            self.doomed.add(id, Doom::claimed(digest, None));
        }
        if let Some((series, subject)) = &browser.link {
            self.finish_later(*series, subject);
        }
    }

    async fn end(
        &self,
        engine: &Engine,
        browser: &Browser,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<(), Error> {
        if let Some((series, subject)) = &browser.link {
            self.end_series(engine, *series, subject, spare, reason).await?;
        }
        let linked = browser.link.as_ref().map(|(series, _)| *series);
        match browser.claim {
            Claim::One(id, digest) if Some(id) != linked => {
                let mut forget = Forget::new(id, digest, self.terms);
                match engine.drive(&mut forget).await? {
                    Some(subject) => self.try_to_end_sessions(engine, id, &subject, spare, reason).await,
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Ends the series that a session belongs to, if it belongs to one, and the other sessions of it.
    pub(crate) async fn end_of(
        &self,
        engine: &Engine,
        session: SessionId,
        record: &Record,
    ) -> Result<(), Error> {
        match (SeriesLink::of(record.slots()), record.subject()) {
            (Some(link), Some(subject)) => {
                self.end_series(engine, link.series, subject, Some(session), "forgotten").await
            }
            _ => Ok(()),
        }
    }

    async fn end_series(
        &self,
        engine: &Engine,
        series: SessionId,
        subject: &Subject,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<(), Error> {
        engine.ask(Call::Revoke(series)).await?;
        self.try_to_end_sessions(engine, series, subject, spare, reason).await
    }

    /// Ends the sessions of a series that has ended; whatever it fails to end is ended later.
    pub(super) async fn end_sessions(
        &self,
        engine: &Engine,
        series: SessionId,
        subject: &Subject,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<(), Error> {
        let ended = self.try_to_end_sessions(engine, series, subject, spare, reason).await;
        if ended.is_err() {
            self.finish_later(series, subject);
        }
        ended
    }

    async fn try_to_end_sessions(
        &self,
        engine: &Engine,
        series: SessionId,
        subject: &Subject,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<(), Error> {
        let Some(index) = &engine.index else { return Ok(()) };
        let rows = engine.in_time("list", index.list(subject)).await?;
        for (id, loaded) in rows {
            let is_of_series = Record::from_row(&loaded.row)
                .is_ok_and(|record| SeriesLink::of(record.slots()).is_some_and(|link| link.series == series));
            if is_of_series && Some(id) != spare {
                engine.ask(Call::Revoke(id)).await?;
                let event = engine.event(EventKind::Revoked).of(id).by(Some(subject));
                engine.report(&event.because(reason));
            }
        }
        Ok(())
    }

    /// Forgets all browsers of a subject.
    ///
    /// Called before its sessions are ended: a restoration that is under way finds its series gone, or loses to the revocation after it.
    pub(crate) async fn end_all_of(&self, engine: &Engine, subject: &Subject) -> Result<(), Error> {
        let Some(index) = &engine.index else { return Ok(()) };
        let owner = Series::owner(subject);
        engine.in_time("revoke_subject", index.revoke_subject(&owner, None)).await.map(drop)
    }

    fn finish_later(&self, series: SessionId, subject: &Subject) {
        let mut unfinished = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        if unfinished.len() < Self::UNFINISHED_MAX {
            unfinished.push((series, subject.clone()));
        }
    }

    /// Ends a series now whose sign-out the store could not take; without effect on any other.
    pub(super) async fn make_up_for(
        &self,
        engine: &Engine,
        id: SessionId,
        digest: SecretDigest,
    ) -> Result<(), Error> {
        let mut forget = Forget::new(id, digest, self.terms);
        if let Some(subject) = engine.drive(&mut forget).await? {
            self.end_sessions(engine, id, &subject, None, "made_up_for").await?;
        }
        self.doomed.remove(id, &digest);
        Ok(())
    }

    /// Ends all that the store could not take.
    pub(crate) async fn make_up_for_all(&self, engine: &Engine) -> Result<(), Error> {
        for (id, doom) in self.doomed.all() {
            self.make_up_for(engine, id, doom.digest()).await?;
        }
        let unfinished = std::mem::take(&mut *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner));
        for (at, (series, subject)) in unfinished.iter().enumerate() {
            if let Err(error) = self.end_series(engine, *series, subject, None, "made_up_for").await {
                unfinished[at..].iter().for_each(|(series, subject)| self.finish_later(*series, subject));
                return Err(error);
            }
        }
        Ok(())
    }
}

/// The response takes away the cookie of a browser that was forgotten with all the others of its user.
pub(crate) fn take_cookie_away(session: &Session) {
    if Browser::of(session).has_cookie() {
        session.0.change(State::forget_browser);
    }
}
