//! What a program can do with sessions that are found by their subject.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cloakroom_core::store::{Cap, CapPolicy, Loaded, PageCursor, SubjectIndex, Wanted};
use cloakroom_core::{SessionId, Subject};

use crate::engine::Engine;
use crate::erased::AnyIndex;
use crate::error::Error;
use crate::event::EventKind;
use crate::info::SessionInfo;
use crate::remember::take_cookie_away;
use crate::session::Session;
use crate::sessions::{Indexed, Sessions};

impl Sessions<Indexed> {
    /// Sessions on a store that finds them by subject.
    pub fn indexed(store: impl SubjectIndex) -> Self {
        let store = Arc::new(store);
        Self::of_engine(Engine::new(store.clone(), Some(store)))
    }

    /// How many live sessions a subject may have, and what happens to one too many. Without it: any number.
    ///
    /// Source: ASVS 5.0 7.1.2.
    #[must_use]
    pub fn cap(self, sessions_max: NonZeroUsize, policy: CapPolicy) -> Self {
        self.set(|engine| engine.cap = Some(Cap { sessions_max, policy }))
    }

    /// The live sessions of a subject, the oldest first.
    ///
    /// # Errors
    /// [`Error::Store`].
    ///
    /// Source: ASVS 5.0 7.5.2.
    pub async fn list(&self, subject: &Subject) -> Result<Vec<SessionInfo>, Error> {
        let rows = self.engine().in_time("list", self.store_index().list(subject)).await?;
        Ok(self.live(rows))
    }

    /// The live ones of up to `sessions_max` sessions of anybody; `None` for the first page, then what came with the one
    /// before, until that is `None`.
    ///
    /// Every session that is there throughout is met at least once, in an order of the store's; a few may be met twice.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn page(
        &self,
        after: Option<&PageCursor>,
        sessions_max: usize,
    ) -> Result<(Vec<SessionInfo>, Option<PageCursor>), Error> {
        let page = self.engine().in_time("page", self.store_index().page(after, sessions_max)).await?;
        Ok((self.live(page.sessions), page.next))
    }

    /// The live ones of up to `sessions_max` sessions that are wanted, for a person who administers them; goes on as
    /// [`Sessions::page`] does. A page may have none although the walk is not over.
    ///
    /// SQL databases give the newest first, and find them by indexes once these [were made](cloakroom_core::store::SubjectIndex::search).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        sessions_max: usize,
    ) -> Result<(Vec<SessionInfo>, Option<PageCursor>), Error> {
        let found = self.store_index().search(wanted, after, sessions_max);
        let page = self.engine().in_time("search", found).await?;
        Ok((self.live(page.sessions), page.next))
    }

    /// Ends all sessions of a subject, and every sign-in of that subject that has begun; returns how many it ended. All browsers of the
    /// subject are [forgotten](crate::remember).
    ///
    /// # Errors
    /// [`Error::Store`]; some may have ended then.
    ///
    /// Source: ASVS 5.0 7.4.2, 7.4.5.
    pub async fn revoke_subject(&self, subject: &Subject) -> Result<usize, Error> {
        self.revoke_all_but(subject, None, "subject_revoked").await
    }

    /// Ends the other sessions of this session's subject, and every sign-in of that subject that has begun. All browsers of the subject
    /// are [forgotten](crate::remember), this one too: it goes on for as long as its session does.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Gone`], [`Error::Store`].
    ///
    /// Source: ASVS 5.0 7.4.3, 7.5.2.
    pub async fn sign_out_others(&self, session: &Session) -> Result<usize, Error> {
        let subject = session.signed_in()?;
        let ended = self.revoke_all_but(&subject, session.id(), "signed_out_others").await?;
        if self.engine().remember.is_some() {
            take_cookie_away(session);
        }
        Ok(ended)
    }

    /// Ends all sessions of this session's subject, this one too, and removes the cookie.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::Gone`], [`Error::Store`].
    pub async fn sign_out_everywhere(&self, session: &Session) -> Result<usize, Error> {
        let subject = session.signed_in()?;
        let others = self.revoke_all_but(&subject, session.id(), "signed_out_everywhere").await?;
        session.sign_out().await?;
        Ok(others + 1)
    }

    /// Ends every session of everybody, visitors' too, and every sign-in that has begun; returns how many it ended, with the
    /// [browsers](crate::remember) that were remembered. Waits up to a minute for the store, which may have millions to end.
    ///
    /// # Errors
    /// [`Error::Store`]; some may have ended then.
    ///
    /// Source: ASVS 5.0 7.4.5.
    pub async fn revoke_everyone(&self) -> Result<u64, Error> {
        self.engine().end_moving_for(None).await?;
        let ended = self.engine().upkeep("revoke_everyone", self.store_index().revoke_everyone()).await?;
        self.engine().report(&self.engine().event(EventKind::Revoked).because("everyone_revoked"));
        Ok(ended)
    }

    async fn revoke_all_but(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
        reason: &'static str,
    ) -> Result<usize, Error> {
        self.engine().end_moving_for(Some(subject)).await?;
        if let Some(remembering) = &self.engine().remember {
            remembering.end_all_of(self.engine(), subject).await?;
        }
        let revoked = self.store_index().revoke_subject(subject, spare);
        let ended = self.engine().in_time("revoke_subject", revoked).await?;
        for id in &ended {
            self.engine()
                .report(&self.engine().event(EventKind::Revoked).of(*id).by(Some(subject)).because(reason));
        }
        Ok(ended.len())
    }

    fn live(&self, rows: Vec<(SessionId, Loaded)>) -> Vec<SessionInfo> {
        let (now, rules) = (self.engine().now(), &self.engine().rules);
        let infos = rows.into_iter().filter_map(|(id, loaded)| SessionInfo::read(id, &loaded, rules, now));
        infos.filter(|info| info.expires_at > now).collect()
    }

    fn store_index(&self) -> &dyn AnyIndex {
        self.engine().index.as_deref().expect("indexed sessions are made with an index")
    }
}
