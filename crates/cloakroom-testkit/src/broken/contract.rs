//! The two contracts as a broken store keeps them: each operation goes to the file of its faults.

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, RowBody, Store, StoreError,
    SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::fault::Fault;
use super::store::BrokenStore;
use super::{insert, list, purge, replace, revocation, revoke, sign_in, touch};

impl Store for BrokenStore {
    fn name(&self) -> &'static str {
        "broken"
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        let loaded = self.held(|| self.load_at_once(id)).await?;
        if let (Fault::LoadNowKeepsWhatItRead, Some(loaded)) = (self.fault, &loaded) {
            self.with_cache(|cache| cache.entry(id).or_insert_with(|| loaded.clone()).clone());
        }
        Ok(loaded)
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        let kept = self.with_cache(|cache| cache.get(&id).cloned());
        kept.filter(|_| self.fault == Fault::LoadNowKeepsWhatItRead).map(|kept| Ok(Some(kept)))
    }

    fn place(&self, id: SessionId, _: &Subject) -> SessionId {
        let mut octets = *id.as_octets();
        if self.fault == Fault::PlacesWander {
            octets[SessionId::LEN - 1] = octets[SessionId::LEN - 1].wrapping_add(1);
        }
        SessionId::from_octets(octets)
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let row = self.kept(insert.row);
        let insert = Insert { id: self.key(insert.id), row: &row, ..insert };
        let answer = insert::insert(self, insert).await;
        self.end_write();
        answer
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        if self.fault == Fault::NodeWritesBehind {
            return self.write_behind(id, seen, row);
        }
        let answer = replace::replace(self, self.key(id), seen, &self.kept(row)).await;
        self.end_write();
        Ok(answer)
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.held(|| Ok(())).await?;
        let answer = touch::touch(self, self.key(id), touch).await;
        self.end_write();
        Ok(answer)
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        let answer = revoke::revoke(self, self.key(id)).await;
        self.end_write();
        Ok(answer)
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        self.held(|| Ok(())).await?;
        let answer = purge::purge(self, now, rows_max).await;
        self.end_write();
        Ok(answer)
    }
}

impl SubjectIndex for BrokenStore {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        self.model.fence(subject).await
    }

    async fn insert_for_subject(&self, sign_in: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let mut row = self.kept(sign_in.insert.row);
        if self.fault == Fault::SignInForgetsColumns {
            row = Row { address: None, body: RowBody::new(), ..row };
        }
        let insert = Insert { id: self.key(sign_in.insert.id), row: &row, ..sign_in.insert };
        let answer = sign_in::sign_in(self, SubjectInsert { insert, ..sign_in }).await;
        self.end_write();
        answer
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        Ok(list::list(self, subject))
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        Ok(list::page(self, after, rows_max))
    }

    async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        Ok(list::search(self, wanted, after, rows_max))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let ended = revocation::revoke_subject(self, subject, spare).await;
        self.end_write();
        Ok(ended)
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let ended = revocation::revoke_everyone(self).await;
        self.end_write();
        Ok(ended)
    }
}
