//! A request of a browser that is remembered.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::machine::{
    HeldSeries, IndexTerms, Patience, Recall, Recalled, Restore, RestoreRequest, Restored, Settle, Settled,
};
use cloakroom_core::store::Fence;
use cloakroom_core::{SecretDigest, SeriesLink, SessionId};
use http::HeaderMap;

use super::{Claim, Remembering};
use crate::error::Error;
use crate::event::EventKind;
use crate::session::Session;
use crate::visit::{Presented, Visit};

/// How often a request asks again for the session that another process is about to give its browser, and the first pause, which
/// doubles: a third of a second in all, many times what an insert takes.
const WAITS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// What a look-up of the session has found, as far as it matters here.
struct Found {
    is_live: bool,
    link: Option<SeriesLink>,
    unknown: Option<SessionId>,
}

impl Remembering {
    /// Looks at a request whose session has been looked up: gives it one when it has none, and notes that a token has arrived.
    pub(crate) async fn arrive(&self, visit: &Arc<Visit>, headers: &HeaderMap) -> Result<(), Error> {
        if visit.series_is_settled() {
            return Ok(());
        }
        let claim = visit.claim(|| Claim::of(headers, self.cookie.name()));
        // A profile asks for proofs, which this is none of.
        if let Claim::One(id, digest) = claim
            && visit.engine.profile.is_none()
        {
            self.judge(visit, id, digest).await?;
        }
        visit.settle_series();
        Ok(())
    }

    async fn judge(&self, visit: &Arc<Visit>, id: SessionId, digest: SecretDigest) -> Result<(), Error> {
        let found = visit.read(|view| match view.presented {
            // Of two live tokens neither is believed, and a third does not decide between them.
            Presented::Ambiguous => None,
            _ => Some(Found {
                is_live: view.held.is_some(),
                link: view.slots().and_then(SeriesLink::of),
                unknown: view.unknown,
            }),
        });
        let Some(found) = found.flatten() else { return Ok(()) };
        if !found.is_live {
            return Box::pin(self.restore(visit, id, digest, found.unknown)).await;
        }
        if found.link.is_some_and(|link| link.series == id && !link.is_settled) {
            Box::pin(self.settle(visit, id, digest)).await;
        }
        Ok(())
    }

    /// The browser has the token that it was given with its session. Upkeep, which fails nobody's request: the next one does it.
    async fn settle(&self, visit: &Arc<Visit>, id: SessionId, digest: SecretDigest) {
        let mut settle = Settle::new(id, digest, self.terms);
        if !matches!(visit.engine.drive(&mut settle).await, Ok(Settled::Yes)) {
            return;
        }
        let session = Session(Arc::clone(visit));
        let noted = session.edit(Box::new(move |slots| {
            SeriesLink { series: id, is_settled: true }.write(slots);
            Ok(())
        }));
        if noted.is_ok() {
            let _ = session.commit().await;
        }
    }

    async fn restore(
        &self,
        visit: &Arc<Visit>,
        id: SessionId,
        digest: SecretDigest,
        unknown: Option<SessionId>,
    ) -> Result<(), Error> {
        let engine = &*visit.engine;
        let _turn = self.turns.wait(id).await;
        if self.doomed.find(id, &digest).is_some() {
            return self.make_up_for(engine, id, digest).await;
        }
        let mut recall = Recall::new(id, digest, self.terms, engine.rules).beside(unknown);
        match engine.drive(&mut recall).await? {
            Recalled::Known(held) => self.give(visit, held).await,
            Recalled::Stolen(subject) => {
                let event = engine.event(EventKind::Reused).of(id).by(Some(&subject));
                engine.report(&event.because("remember_me"));
                self.end_sessions(engine, id, &subject, None, "remember_me_reused").await
            }
            Recalled::Expired(subject) => {
                engine.report_expired(id, Some(&subject), "remember_me");
                Ok(())
            }
            Recalled::Unknown | Recalled::Late => Ok(()),
        }
    }

    async fn give(&self, visit: &Arc<Visit>, held: Box<HeldSeries>) -> Result<(), Error> {
        let engine = &*visit.engine;
        let Some(index) = &engine.index else { return Ok(()) };
        let fence = engine.in_time("fence", index.fence(held.series.subject())).await?;
        let mut pause = FIRST_PAUSE;
        for wait in 0..=WAITS {
            let patience = if wait < WAITS { Patience::Waits } else { Patience::TakesOver };
            if self.try_to_give(visit, &held, fence, patience).await? {
                break;
            }
            // Another process is between its two writes, or was cut off there.
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Ok(())
    }

    /// Whether there is nothing to wait for.
    async fn try_to_give(
        &self,
        visit: &Arc<Visit>,
        held: &HeldSeries,
        fence: Fence,
        patience: Patience,
    ) -> Result<bool, Error> {
        let engine = &*visit.engine;
        let (series_id, subject) = (held.id, held.series.subject().clone());
        let (id, fresh) = (engine.fresh_id_of(&subject)?, engine.fresh_secret()?);
        let series_fresh = engine.fresh_secret()?;
        let request = RestoreRequest::new(&held.series, id, &fresh, &series_fresh)
            .with_index(IndexTerms { fence, cap: engine.cap })
            .with_client(visit.client());
        let mut restore =
            Restore::new(Box::new(held.clone()), request, self.terms, engine.rules).with_patience(patience);
        match engine.drive(&mut restore).await? {
            Restored::Given { held, evicted, series_ends_at } => {
                engine.report(&engine.event(EventKind::Restored).of(id).by(Some(&subject)));
                for evicted in evicted {
                    engine.report(&engine.event(EventKind::Evicted).of(evicted).by(Some(&subject)));
                }
                let text = series_fresh.into_text(series_id);
                visit.change(|state| {
                    state.issue(held, fresh.into_text(id), engine);
                    state.remember(text, series_ends_at, engine.now());
                });
            }
            Restored::Joined(held) => {
                visit.change(|state| state.keep(held));
            }
            Restored::UnderWay => return Ok(false),
            Restored::Full | Restored::Gone => {}
        }
        Ok(true)
    }
}
