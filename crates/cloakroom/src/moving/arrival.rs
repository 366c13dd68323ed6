//! A request that may bring an old session.

use std::sync::Arc;

use cloakroom_core::store::StoreError;
use cloakroom_core::{Method, MovingMark, Persistence, Subject};
use http::{HeaderMap, HeaderName};

use super::MovingIn;
use super::marks::{Marked, Marks};
use super::moved_in::Parts;
use super::setup::Asks;
use crate::engine::Engine;
use crate::error::Error;
use crate::event::EventKind;
use crate::session::Session;
use crate::visit::{OldCookie, Presented, Visit};

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

impl MovingIn {
    /// Looks for an old session in a request whose own has been looked up, once it can be told what becomes of it.
    pub(crate) async fn arrive(&self, visit: &Arc<Visit>, headers: &HeaderMap) -> Result<(), Error> {
        if visit.old_cookie().is_none() {
            visit.settle_old_cookie(self.judge(visit, headers).await?);
        }
        Ok(())
    }

    async fn judge(&self, visit: &Arc<Visit>, headers: &HeaderMap) -> Result<OldCookie, Error> {
        let (engine, session) = (&*visit.engine, Session(Arc::clone(visit)));
        let now = engine.now();
        // Of two live tokens neither is believed, and an old cookie does not decide between them.
        if self.is_over(now) || session.presented() == Presented::Ambiguous {
            return Ok(OldCookie::Left);
        }
        let is_signed_in = session.subject().is_some();
        if !is_signed_in && !self.asks(headers) {
            return Ok(OldCookie::Left);
        }
        let Some(found) = self.old.read(headers, now) else { return Ok(OldCookie::Left) };
        let mapped = found.mapped.await;
        let mapped =
            mapped.map_err(|error| engine.failed(StoreError::unavailable("moving in", "map", error)))?;
        let Some(moved_in) = mapped else { return Ok(OldCookie::Left) };
        let parts = moved_in.into_parts(&found.fingerprint);
        if is_signed_in {
            // Used up all the same: after a sign-out it would sign in again.
            Marks { engine, moving: self }.write(parts.mark).await?;
            return Ok(OldCookie::Used);
        }
        self.sign_in(engine, &session, parts).await
    }

    async fn sign_in(&self, engine: &Engine, session: &Session, parts: Parts) -> Result<OldCookie, Error> {
        let Parts { subject, persistence, mark, edits } = parts;
        let marks = Marks { engine, moving: self };
        // Before the marks are asked, so that it loses to whatever ends this subject's sessions from here on.
        let mut attempt = session.begin_sign_in(subject.clone()).await?;
        if persistence == Persistence::Remembered {
            attempt = attempt.remembered();
        }
        if marks.bar(&subject).await? {
            return Ok(self.refuse(engine, mark, &subject, "barred"));
        }
        if marks.write(mark).await? == Marked::Before {
            return Ok(self.refuse(engine, mark, &subject, "used"));
        }
        match attempt.finish(Method::Remembered).await {
            Ok(()) => {}
            Err(Error::Gone) => return Ok(self.refuse(engine, mark, &subject, "barred")),
            Err(Error::TooManySessions) => {
                marks.take_back(mark).await;
                return Ok(self.refuse(engine, mark, &subject, "too_many_sessions"));
            }
            Err(error) => {
                marks.take_back(mark).await;
                return Err(error);
            }
        }
        if let Some(id) = session.id() {
            engine.report(&engine.event(EventKind::MovedIn).of(id).by(Some(&subject)));
        }
        for edit in edits {
            session.edit(edit)?;
        }
        Ok(OldCookie::Used)
    }

    /// Leaves a request as it came, and its cookie too. Said once, and not for each request of a browser that keeps it.
    fn refuse(
        &self,
        engine: &Engine,
        mark: MovingMark,
        subject: &Subject,
        reason: &'static str,
    ) -> OldCookie {
        if self.refusals_seen.is_new(mark.id()) {
            engine.report(&engine.event(EventKind::MovingRefused).by(Some(subject)).because(reason));
        }
        OldCookie::Left
    }

    fn asks(&self, headers: &HeaderMap) -> bool {
        let mode = headers.get(SEC_FETCH_MODE);
        self.asks == Asks::All || mode.is_none_or(|mode| mode == "navigate")
    }
}
