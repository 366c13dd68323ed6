//! Finding and ending sessions by subject, when the store behind can.

use cloakroom_core::store::{
    Fence, Loaded, Page, PageCursor, StoreError, SubjectIndex, SubjectInsert, SubjectInserted, Wanted,
};
use cloakroom_core::{SessionId, Subject};

use super::cache::NearCache;
use super::doubt::Doubt;

/// Lists come from the store behind: they are asked for rarely, and are there to be acted on.
impl<S: SubjectIndex> SubjectIndex for NearCache<S> {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.inner.fence(subject).await
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let doubt = Doubt::about_subject_insert(&self.copies, insert);
        let inserted = self.inner.insert_for_subject(insert).await?;
        match &inserted {
            SubjectInserted::Done { evicted } => doubt.settle_subject(evicted),
            _ => doubt.settle_subject(&[]),
        }
        Ok(inserted)
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.inner.list(subject).await
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        self.inner.page(after, rows_max).await
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        self.inner.search(wanted, after, rows_max).await
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let doubt = Doubt::about_subject(&self.copies, subject);
        let ended = self.inner.revoke_subject(subject, spare).await?;
        doubt.settle_subject(&ended);
        Ok(ended)
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let _doubt = Doubt::about_everyone(&self.copies);
        self.inner.revoke_everyone().await
    }
}
