//! What an application can do with all of its sealed sessions.

use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::SessionId;
use cloakroom_core::Subject;
use cloakroom_core::store::Store;

use super::marks::{Marked, Revocations};
use super::{SealKeys, Sealing};
use crate::engine::Engine;
use crate::error::Error;
use crate::event::EventKind;
use crate::memory::MemoryStore;
use crate::session::Session;
use crate::sessions::Sessions;

/// Sessions that are sealed into their cookies, and that marks in a store can end.
#[derive(Clone, Copy, Debug)]
pub enum Sealed {}

/// Sessions that are sealed into their cookies, and that only time ends.
#[derive(Clone, Copy, Debug)]
pub enum Irrevocable {}

impl Sessions<Sealed> {
    /// Sessions sealed into their cookies. The store keeps the marks of those that have ended; see [`sealed`](crate::sealed) for
    /// what it must and must not be.
    ///
    /// Nobody keeps a list of sealed sessions:
    /// ```compile_fail,E0599
    /// # async fn f(sealed: cloakroom::Sessions<cloakroom::sealed::Sealed>, alice: cloakroom::Subject) {
    /// sealed.list(&alice).await;
    /// # }
    /// ```
    pub fn sealed(keys: impl Into<SealKeys>, marks: impl Store) -> Self {
        Self::of_engine(engine(keys.into(), marks, None))
    }

    /// Ends all sessions of a subject, and every sign-in of that subject that has begun.
    ///
    /// # Errors
    /// [`Error::Store`]; nothing has ended then, or all of it.
    ///
    /// Source: ASVS 5.0 7.4.2, 7.4.5.
    pub async fn revoke_subject(&self, subject: &Subject) -> Result<(), Error> {
        self.begin_epoch(Some(subject), None, "subject_revoked").await
    }

    /// Ends the other sessions of this session's subject, and every sign-in of that subject that has begun.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Gone`], [`Error::Store`].
    ///
    /// Source: ASVS 5.0 7.4.3, 7.5.2.
    pub async fn sign_out_others(&self, session: &Session) -> Result<(), Error> {
        let subject = session.signed_in()?;
        if !session.is_live().await? {
            return Err(Error::Gone);
        }
        self.begin_epoch(Some(&subject), session.id(), "signed_out_others").await
    }

    /// Ends all sessions of this session's subject, this one too, and removes the cookie.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Gone`], [`Error::Store`].
    pub async fn sign_out_everywhere(&self, session: &Session) -> Result<(), Error> {
        let subject = session.signed_in()?;
        session.sign_out().await?;
        self.begin_epoch(Some(&subject), None, "signed_out_everywhere").await
    }

    /// Ends one session by its handle, whether there is one or not.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Lost`].
    pub async fn revoke(&self, id: SessionId) -> Result<(), Error> {
        if Revocations(self.engine()).end(id, None).await? == Marked::Done {
            self.engine().report(&self.engine().event(EventKind::Revoked).of(id));
        }
        Ok(())
    }

    /// Ends every session of everybody, visitors' too, and every sign-in that has begun.
    ///
    /// # Errors
    /// [`Error::Store`]; nothing has ended then, or all of it.
    ///
    /// Source: ASVS 5.0 7.4.5.
    pub async fn revoke_everyone(&self) -> Result<(), Error> {
        self.begin_epoch(None, None, "everyone_revoked").await
    }

    async fn begin_epoch(
        &self,
        subject: Option<&Subject>,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<(), Error> {
        let engine = self.engine();
        engine.end_moving_for(subject).await?;
        Revocations(engine).begin_epoch(subject, spare).await?;
        engine.report(&engine.event(EventKind::Revoked).by(subject).because(reason));
        Ok(())
    }
}

impl Sessions<Irrevocable> {
    /// Sessions sealed into their cookies without any store: a value is good until it expires, at most this long after the last
    /// proof of who the user is. Signing out removes the cookie from the browser that asks, and a copy of it stays good.
    ///
    /// # Security
    /// For what little a stolen value can do until then. Nobody can be signed out from elsewhere, a password change ends nothing, and
    /// a reauthentication leaves the value before it good. So there is nothing here to call for that:
    /// ```compile_fail,E0599
    /// # async fn f(sessions: cloakroom::Sessions<cloakroom::sealed::Irrevocable>, alice: cloakroom::Subject) {
    /// sessions.revoke_subject(&alice).await;
    /// # }
    /// ```
    pub fn irrevocable(keys: impl Into<SealKeys>, irrevocable_for_at_most: Duration) -> Self {
        Self::of_engine(engine(keys.into(), MemoryStore::new(), Some(irrevocable_for_at_most)))
    }
}

fn engine(keys: SealKeys, marks: impl Store, irrevocable_for_at_most: Option<Duration>) -> Engine {
    let mut engine = Engine::new(Arc::new(marks), None);
    let sealing = Sealing::new(keys, engine.cookie.name().as_str(), irrevocable_for_at_most);
    engine.sealing = Some(Arc::new(sealing));
    engine
}
