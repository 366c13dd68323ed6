//! Finding and ending the sessions of a subject.

use std::ops::ControlFlow;

use cloakroom_core::store::{
    Fence, Loaded, Page, PageCursor, StoreError, SubjectIndex, SubjectInsert, SubjectInserted,
};
use cloakroom_core::{SessionId, Subject};

use super::chain;
use super::insert::Terms;
use super::shard::{number_of, table_of};
use super::shards::Shards;
use super::slot::Handle;
use super::store::MemoryStore;
use super::tables::TABLES;
use super::trouble::Trouble;

/// How many sessions of a subject end under one lock.
const STEP: usize = 256;

impl MemoryStore {
    fn sessions_of(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, Trouble> {
        let key = self.subjects.key(subject);
        let members = self.subjects.lock(key)?;
        let mut sessions = Vec::new();
        chain::visit(&self.shards, &members, key, |_, shard, slot| {
            if shard.cell(slot).subject() == subject.as_str().as_bytes() {
                sessions.push((shard.cell(slot).id(), shard.loaded(slot)));
            }
            ControlFlow::Continue(())
        })?;
        drop(members);
        sessions.reverse();
        sessions.sort_by_key(|(_, loaded)| loaded.row.created_at);
        Ok(sessions)
    }

    /// One lock is held for the sessions of one table at most, which are some hundred.
    fn sessions_after(
        &self,
        after: Option<SessionId>,
        rows_max: usize,
    ) -> Result<Vec<(SessionId, Loaded)>, Trouble> {
        let mut page = Vec::new();
        let first = after.map_or((0, 0), |after| (number_of(after), table_of(after)));
        let tables = Shards::numbers().flat_map(|number| (0..TABLES).map(move |table| (number, table)));
        for (number, table) in tables.skip_while(|place| *place < first) {
            if page.len() == rows_max {
                break;
            }
            let shard = self.shards.read(number)?;
            let mut ids: Vec<_> = shard.sessions(table).filter(|(id, _)| Some(*id) > after).collect();
            ids.sort_unstable_by_key(|(id, _)| *id);
            let rest = rows_max - page.len();
            page.extend(ids.into_iter().take(rest).map(|(id, slot)| (id, shard.loaded(slot))));
        }
        Ok(page)
    }

    fn end_subject(&self, subject: &Subject, spare: Option<SessionId>) -> Result<Vec<SessionId>, Trouble> {
        let key = self.subjects.key(subject);
        let mut members = self.subjects.lock(key)?;
        // First the fence, then the sessions: whoever signs in between two steps has begun after the revocation.
        members.fences.revoke(key.number(), self.subjects.next_revocation());
        let mut ended = Vec::new();
        loop {
            let mut step: Vec<(SessionId, Handle)> = Vec::new();
            chain::visit(&self.shards, &members, key, |session, shard, slot| {
                let cell = shard.cell(slot);
                if Some(cell.id()) != spare && cell.subject() == subject.as_str().as_bytes() {
                    step.push((cell.id(), session));
                }
                if step.len() == STEP { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            for (id, session) in &step {
                chain::end(&self.shards, &mut members, key, *session)?;
                ended.push(*id);
            }
            if step.len() < STEP {
                return Ok(ended);
            }
            drop(members);
            members = self.subjects.lock(key)?;
        }
    }

    /// Takes whole shards away instead of ending one session after the other: some microseconds in all, however many
    /// there are. No list reaches into a shard that was taken, since all subjects are locked and lose their lists, too.
    fn end_everyone(&self) -> Result<u64, Trouble> {
        let mut subjects = self.subjects.lock_all()?;
        let revocation = self.subjects.next_revocation();
        let forgotten: Vec<_> =
            subjects.iter_mut().map(|subject| subject.revoke_everyone(revocation)).collect();
        let taken: Result<Vec<_>, Trouble> =
            Shards::numbers().map(|number| Ok(std::mem::take(&mut *self.shards.write(number)?))).collect();
        drop(subjects);
        drop(forgotten);
        Ok(taken?.iter().map(|shard| shard.len() as u64).sum())
    }
}

impl SubjectIndex for MemoryStore {
    async fn fence(&self, _subject: &Subject) -> Result<Fence, StoreError> {
        Ok(self.subjects.fence())
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        let SubjectInsert { insert, fence, cap, now } = insert;
        let terms = Terms { fence, cap, now };
        self.create(insert, Some(terms)).map_err(|trouble| trouble.of("insert_for_subject"))
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        self.sessions_of(subject).map_err(|trouble| trouble.of("list"))
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        let after = after.and_then(PageCursor::session_id);
        let rows = self.sessions_after(after, rows_max).map_err(|trouble| trouble.of("page"))?;
        Ok(Page::in_order_of_ids(rows, rows_max))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        self.end_subject(subject, spare).map_err(|trouble| trouble.of("revoke_subject"))
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        self.end_everyone().map_err(|trouble| trouble.of("revoke_everyone"))
    }
}
