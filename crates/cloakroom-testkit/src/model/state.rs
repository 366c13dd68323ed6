//! The contract as a plain value: one map, one thread, no cleverness.

use std::collections::BTreeMap;

use cloakroom_core::store::{
    Cap, CapPolicy, Insert, Inserted, Loaded, Revoked, Row, Seen, SubjectInsert, SubjectInserted, Swap,
    Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::fence::Revocations;

/// All that a store holds, and what each operation makes of it.
///
/// The index of the subjects is a walk over all rows, so there is nothing that could disagree with them. It is
/// what [`ModelStore`](super::ModelStore) keeps, and what the suite holds the answers of other stores against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub(crate) sessions: BTreeMap<SessionId, Loaded>,
    pub(crate) revocations: Revocations,
}

/// An insert met an ID that is taken; nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duplicate;

impl State {
    /// Every session, in the order of the IDs.
    pub fn sessions(&self) -> impl Iterator<Item = (SessionId, &Loaded)> {
        self.sessions.iter().map(|(id, loaded)| (*id, loaded))
    }

    /// The sessions of a subject, the oldest first.
    pub fn sessions_of(&self, subject: &Subject) -> Vec<(SessionId, Loaded)> {
        let mut found: Vec<_> = self
            .sessions()
            .filter(|(_, loaded)| loaded.row.subject.as_ref() == Some(subject))
            .map(|(id, loaded)| (id, loaded.clone()))
            .collect();
        found.sort_by_key(|(id, loaded)| (loaded.row.created_at, *id));
        found
    }

    pub(crate) fn load(&self, id: SessionId) -> Option<Loaded> {
        self.sessions.get(&id).cloned()
    }

    pub(crate) fn insert(&mut self, insert: Insert<'_>) -> Result<Inserted, Duplicate> {
        if self.sessions.contains_key(&insert.id) {
            return Err(Duplicate);
        }
        if let Some(refused) = self.refuses_to_replace(insert.replaces) {
            return Ok(refused);
        }
        self.put(insert);
        Ok(Inserted::Done)
    }

    pub(crate) fn insert_for_subject(
        &mut self,
        sign_in: SubjectInsert<'_>,
    ) -> Result<SubjectInserted, Duplicate> {
        let insert = sign_in.insert;
        if self.sessions.contains_key(&insert.id) {
            return Err(Duplicate);
        }
        if let Some(subject) = &insert.row.subject
            && self.revocations.stop(subject, sign_in.fence)
        {
            return Ok(SubjectInserted::Fenced);
        }
        match self.refuses_to_replace(insert.replaces) {
            Some(Inserted::Lost) => return Ok(SubjectInserted::Lost),
            Some(Inserted::Gone) => return Ok(SubjectInserted::Gone),
            Some(Inserted::Done) | None => {}
        }
        let Some(evicted) = self.one_too_many(&sign_in) else { return Ok(SubjectInserted::Full) };
        for id in &evicted {
            self.sessions.remove(id);
        }
        self.put(insert);
        Ok(SubjectInserted::Done { evicted })
    }

    pub(crate) fn replace(&mut self, id: SessionId, seen: Version, row: &Row) -> Swap {
        self.write(id, seen, seen.next(), row)
    }

    /// A replace that gives the row `version`, as a store may choose any that the row has not had.
    pub(crate) fn write(&mut self, id: SessionId, seen: Version, version: Version, row: &Row) -> Swap {
        let Some(loaded) = self.sessions.get_mut(&id) else { return Swap::Gone };
        if loaded.version != seen {
            return Swap::Lost;
        }
        let mut row = row.clone();
        row.last_seen_at = row.last_seen_at.max(loaded.row.last_seen_at);
        row.expires_at = row.expires_at.max(loaded.row.expires_at);
        *loaded = Loaded { row, version };
        Swap::Done(version)
    }

    pub(crate) fn touch(&mut self, id: SessionId, touch: Touch) -> Touched {
        let Some(loaded) = self.sessions.get_mut(&id) else { return Touched::Gone };
        loaded.row.last_seen_at = loaded.row.last_seen_at.max(touch.last_seen_at);
        loaded.row.expires_at = loaded.row.expires_at.max(touch.expires_at);
        Touched::Done
    }

    pub(crate) fn revoke(&mut self, id: SessionId) -> Revoked {
        if self.sessions.remove(&id).is_some() { Revoked::Done } else { Revoked::Absent }
    }

    pub(crate) fn purge(&mut self, now: Timestamp, rows_max: usize) -> usize {
        let due: Vec<_> = self
            .sessions()
            .filter(|(_, loaded)| loaded.row.expires_at <= now)
            .map(|(id, _)| id)
            .take(rows_max)
            .collect();
        for id in &due {
            self.sessions.remove(id);
        }
        due.len()
    }

    pub(crate) fn page(&self, after: Option<SessionId>, rows_max: usize) -> Vec<(SessionId, Loaded)> {
        self.sessions()
            .filter(|(id, _)| after.is_none_or(|after| *id > after))
            .map(|(id, loaded)| (id, loaded.clone()))
            .take(rows_max)
            .collect()
    }

    pub(crate) fn revoke_subject(&mut self, subject: &Subject, spare: Option<SessionId>) -> Vec<SessionId> {
        self.revocations.count_subject(subject);
        let ended = self.sessions_of(subject).into_iter().map(|(id, _)| id).filter(|id| Some(*id) != spare);
        let ended: Vec<_> = ended.collect();
        for id in &ended {
            self.sessions.remove(id);
        }
        ended
    }

    pub(crate) fn revoke_everyone(&mut self) -> u64 {
        self.revocations.count_everyone();
        let ended = self.sessions.len() as u64;
        self.sessions.clear();
        ended
    }

    pub(super) fn refuses_to_replace(&self, replaces: Option<Seen>) -> Option<Inserted> {
        let seen = replaces?;
        match self.sessions.get(&seen.id) {
            None => Some(Inserted::Gone),
            Some(loaded) if loaded.version != seen.version => Some(Inserted::Lost),
            Some(_) => None,
        }
    }

    /// The sessions that have to end so that one more fits under the cap; `None` when the policy ends none.
    fn one_too_many(&self, sign_in: &SubjectInsert<'_>) -> Option<Vec<SessionId>> {
        let (Some(subject), Some(Cap { sessions_max, policy })) = (&sign_in.insert.row.subject, sign_in.cap)
        else {
            return Some(Vec::new());
        };
        let replaced = sign_in.insert.replaces.map(|seen| seen.id);
        let mut live = self.sessions_of(subject);
        live.retain(|(id, loaded)| loaded.row.expires_at > sign_in.now && Some(*id) != replaced);
        let excess = (live.len() + 1).saturating_sub(sessions_max.get());
        match policy {
            CapPolicy::RefuseNew if excess > 0 => None,
            CapPolicy::RefuseNew | CapPolicy::EvictOldest => {
                Some(live.into_iter().take(excess).map(|(id, _)| id).collect())
            }
        }
    }

    fn put(&mut self, insert: Insert<'_>) {
        if let Some(seen) = insert.replaces {
            self.sessions.remove(&seen.id);
        }
        self.sessions.insert(insert.id, Loaded { row: insert.row.clone(), version: Version::FIRST });
    }
}
