//! A sign-in of a browser that is to be remembered, and one of a browser that was.

use std::num::NonZeroUsize;

use cloakroom_core::store::{Cap, CapPolicy, Fence, Insert, SubjectInsert, SubjectInserted};
use cloakroom_core::{Method, Series, SeriesLink, SessionId, Subject, Timestamp, TokenText};

use super::ending::Browser;
use super::{Remembering, SeriesWish};
use crate::engine::Engine;
use crate::error::Error;
use crate::event::EventKind;
use crate::sign_in::SignInAttempt;
use crate::visit::State;

/// The most browsers of one subject that are remembered; the one that signed in first is forgotten for one more.
pub const SERIES_MAX: NonZeroUsize = NonZeroUsize::new(100).expect("a hundred is not zero");

/// A series that nobody has the token of yet.
struct Begun {
    id: SessionId,
    text: TokenText,
    ends_at: Timestamp,
}

impl Remembering {
    /// What a sign-in of this subject that begins now knows of the revocations of its series.
    pub(crate) async fn begin(&self, engine: &Engine, subject: &Subject) -> Result<SeriesWish, Error> {
        let Some(index) = engine.index.as_ref().filter(|_| engine.profile.is_none()) else {
            return Ok(SeriesWish::Off);
        };
        let owner = Series::owner(subject);
        Ok(SeriesWish::Possible(engine.in_time("fence", index.fence(&owner)).await?))
    }

    /// Finishes a sign-in. Whatever the browser was remembered by until now ends with it: it may be somebody else's.
    ///
    /// The series is there before the session, so that a session that is told of is remembered; one that comes to nothing takes its
    /// series along.
    pub(crate) async fn sign_in(&self, attempt: SignInAttempt, method: Method) -> Result<(), Error> {
        attempt.check(method)?;
        let (session, subject) = (attempt.session.clone(), attempt.subject.clone());
        let engine = &*session.0.engine;
        let before = Browser::of(&session);
        let begun = match attempt.series {
            SeriesWish::Wished(fence) if method != Method::Remembered => {
                let Some(begun) = self.begin_series(engine, &subject, method, fence).await? else {
                    session.0.change(State::lose);
                    return Err(Error::Gone);
                };
                Some(begun)
            }
            _ => None,
        };
        let link = begun.as_ref().map(|begun| SeriesLink { series: begun.id, is_settled: true });
        if let Err(error) = attempt.establish(method, link).await {
            if let Some(begun) = begun {
                // Nobody has its token: what is left when this fails opens nothing, and expires.
                let _ = engine.in_time("revoke", engine.store.revoke(begun.id)).await;
            }
            return Err(error);
        }
        if begun.is_some()
            && let Some(id) = session.id()
        {
            engine.report(&engine.event(EventKind::Remembered).of(id).by(Some(&subject)));
        }
        session.0.change(|state| match begun {
            Some(Begun { text, ends_at, .. }) => state.remember(text, ends_at, engine.now()),
            None if before.has_cookie() => state.forget_browser(),
            None => {}
        });
        self.replace(engine, &before, session.id()).await;
        Ok(())
    }

    /// `None` when the subject's series were revoked after the sign-in began.
    async fn begin_series(
        &self,
        engine: &Engine,
        subject: &Subject,
        method: Method,
        fence: Fence,
    ) -> Result<Option<Begun>, Error> {
        let Some(index) = &engine.index else { return Ok(None) };
        let (id, fresh) = (engine.fresh_id_of(&Series::owner(subject))?, engine.fresh_secret()?);
        let now = engine.now();
        let series = Series::begun(subject.clone(), method, &fresh, now, &self.terms);
        let row = series.to_row();
        let insert = SubjectInsert {
            insert: Insert { id, row: &row, replaces: None },
            fence,
            cap: Some(Cap { sessions_max: SERIES_MAX, policy: CapPolicy::EvictOldest }),
            now,
        };
        match engine.in_time("insert", index.insert_for_subject(insert)).await? {
            SubjectInserted::Done { .. } => {}
            _ => return Ok(None),
        }
        Ok(Some(Begun { id, text: fresh.into_text(id), ends_at: series.ends_at(&self.terms) }))
    }
}
