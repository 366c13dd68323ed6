//! A [`Session`] that is sealed.

use cloakroom_core::machine::{Held, TokenChange, is_live};
use cloakroom_core::sealed::{Terms, Worth};
use cloakroom_core::store::Revoked;

use super::write::{Resealed, SealedWrite};
use crate::edit::SlotEdits;
use crate::error::Error;
use crate::event::EventKind;
use crate::session::{Session, Wish};
use crate::visit::State;

impl Session {
    /// The terms of a sealed session; `None` for a stored one, and where there is none.
    pub(crate) fn terms(&self) -> Option<Terms> {
        self.0.read(|view| view.terms.as_deref().copied()).flatten()
    }

    fn sealed(&self) -> SealedWrite<'_> {
        let engine = &*self.0.engine;
        let sealing = engine.sealing.as_deref().expect("only sealed sessions have terms");
        SealedWrite { engine, sealing }
    }

    /// Writes edits into another value of the session.
    pub(crate) async fn reseal(
        &self,
        terms: &Terms,
        held: Held,
        edits: SlotEdits,
        wish: Wish,
    ) -> Result<(), Error> {
        let change = match wish {
            Wish::Nothing | Wish::Renew => TokenChange::Keep,
            Wish::Replace(method) => TokenChange::Replace(self.0.engine.fresh_secret()?.digest(), method),
        };
        let resend = matches!(wish, Wish::Renew);
        match self.sealed().commit(held, terms, edits, change, resend, self.rebinding()).await {
            Ok(Some(resealed)) => {
                self.take_up(resealed);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(Error::Gone) => {
                self.0.change(State::lose);
                Err(Error::Gone)
            }
            Err(error) => Err(error),
        }
    }

    /// Begins a visitor's session.
    pub(crate) async fn create_sealed(&self, held: Held) -> Result<(), Error> {
        let engine = &self.0.engine;
        let event = engine.event(EventKind::Created).of(held.id);
        self.take_up(self.sealed().create(held).await?);
        engine.report(&event);
        Ok(())
    }

    pub(crate) async fn end_sealed(&self, held: &Held, terms: &Terms) -> Result<Revoked, Error> {
        self.sealed().sign_out(held, terms).await
    }

    /// Whether the session is live; activity that a newer value of it knows of is not known here.
    pub(crate) async fn is_live_sealed(&self, terms: &Terms) -> Result<bool, Error> {
        let engine = &self.0.engine;
        let Some(held) = self.0.read(|view| view.held.clone()).flatten() else { return Ok(false) };
        let now = engine.now();
        let in_time = now < terms.ends_at && is_live(&held.record, now, &engine.rules);
        Ok(in_time && self.sealed().worth(&held, terms).await? != Worth::Ended)
    }

    pub(crate) fn sign_in_sealed(&self, outcome: Result<Resealed, Error>) -> Result<(), Error> {
        let engine = &self.0.engine;
        match outcome {
            Ok(resealed) => {
                let held = &resealed.held;
                let event = engine.event(EventKind::SignedIn).of(held.id).by(held.record.subject());
                let proofs = held.record.authentication().into_iter().flat_map(|proven| proven.proofs());
                engine.report(&event.because_if(proofs.map(|proof| proof.method.as_str()).next()));
                self.take_up(resealed);
                Ok(())
            }
            Err(Error::Gone) => {
                self.0.change(State::lose);
                Err(Error::Gone)
            }
            Err(error) => Err(error),
        }
    }

    /// The request goes on with this value of its session, and the cookie gets it.
    fn take_up(&self, resealed: Resealed) {
        let Resealed { held, text, terms } = resealed;
        self.0.change(|state| {
            state.view.terms = Some(Box::new(terms));
            state.issue(held, text, &self.0.engine);
        });
    }
}
