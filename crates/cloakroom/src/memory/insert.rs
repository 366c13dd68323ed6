//! Creating a session: with its fence, its cap and the session that it replaces, in one step.

use std::ops::ControlFlow;

use cloakroom_core::store::{Cap, CapPolicy, Fence, Insert, Seen, SubjectInserted, Swap};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::chain;
use super::shard::number_of;
use super::slot::Handle;
use super::store::MemoryStore;
use super::subjects::{Key, SubjectShard};
use super::trouble::Trouble;

/// What a sign-in is subject to.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) fence: Fence,
    pub(super) cap: Option<Cap>,
    pub(super) now: Timestamp,
}

/// A session that has to go for a new one.
#[derive(Clone, Copy)]
struct Leaving {
    id: SessionId,
    session: Handle,
    key: Option<Key>,
}

/// A live session that counts for the cap.
struct Counted {
    created_at: Timestamp,
    leaving: Leaving,
}

impl MemoryStore {
    /// Creates a session.
    ///
    /// Every shard that loses or gains a session is locked before the first one changes, so no reader sees the new one
    /// beside one that it ended.
    pub(super) fn create(
        &self,
        insert: Insert<'_>,
        terms: Option<Terms>,
    ) -> Result<SubjectInserted, Trouble> {
        let Insert { id, row, replaces } = insert;
        let key = row.subject.as_ref().map(|subject| self.subjects.key(subject));
        let replaced_key = match replaces {
            Some(seen) => self.key_of(seen.id)?,
            None => None,
        };
        let mut subjects = self.subjects.lock_both([key, replaced_key])?;

        let mut leaving = match (key, &row.subject, terms) {
            (Some(key), Some(subject), Some(terms)) => {
                let members = subjects.of(key);
                if members.fences.stop(key.number(), terms.fence) {
                    return Ok(SubjectInserted::Fenced);
                }
                match self.make_room(members, (key, subject), terms, replaces)? {
                    Some(leaving) => leaving,
                    None => return Ok(SubjectInserted::Full),
                }
            }
            _ => Vec::new(),
        };
        let evicted = leaving.iter().map(|leaving| leaving.id).collect();

        let ids = leaving.iter().map(|leaving| leaving.id).chain(replaces.map(|seen| seen.id)).chain([id]);
        let mut shards = self.shards.several(ids.map(number_of))?;
        if let Some(seen) = replaces {
            let number = number_of(seen.id);
            match self.seen_of(shards.of(number), seen, replaced_key) {
                Ok(slot) => {
                    let session = Handle::new(number, slot);
                    leaving.push(Leaving { id: seen.id, session, key: replaced_key });
                }
                Err(Swap::Gone) => return Ok(SubjectInserted::Gone),
                Err(Swap::Lost | Swap::Done(_)) => return Ok(SubjectInserted::Lost),
            }
        }
        let shard = shards.of(number_of(id));
        if shard.find(id).is_some() {
            return Err(Trouble::Duplicate);
        }
        let created = Handle::new(number_of(id), shard.create(id, row)?);
        for Leaving { session, key, .. } in &leaving {
            let shard = shards.of(session.shard());
            shard.detach(session.slot());
            if key.is_none() {
                shard.release(session.slot());
            }
        }
        drop(shards);

        if let Some(key) = key {
            chain::link(&self.shards, subjects.of(key), key, created)?;
        }
        for Leaving { session, key, .. } in leaving {
            if let Some(key) = key {
                chain::bury(&self.shards, subjects.of(key), key, session)?;
            }
        }
        Ok(SubjectInserted::Done { evicted })
    }

    /// The sessions that leave so that one more of the subject is within its cap, the oldest first; `None` when the cap
    /// refuses it.
    ///
    /// The subject is locked, so that until the new session is there none is added and none ends.
    fn make_room(
        &self,
        members: &SubjectShard,
        (key, subject): (Key, &Subject),
        terms: Terms,
        replaces: Option<Seen>,
    ) -> Result<Option<Vec<Leaving>>, Trouble> {
        let Some(cap) = terms.cap else { return Ok(Some(Vec::new())) };
        let mut live = Vec::new();
        chain::visit(&self.shards, members, key, |session, shard, slot| {
            let (cell, times) = (shard.cell(slot), shard.times(slot));
            let stays = replaces.is_none_or(|seen| seen.id != cell.id());
            let counts = stays && times.expires > terms.now;
            if counts && cell.subject() == subject.as_str().as_bytes() {
                let leaving = Leaving { id: cell.id(), session, key: Some(key) };
                live.push(Counted { created_at: times.created, leaving });
            }
            ControlFlow::Continue(())
        })?;
        let too_many = (live.len() + 1).saturating_sub(cap.sessions_max.get());
        match cap.policy {
            CapPolicy::RefuseNew if too_many > 0 => Ok(None),
            CapPolicy::RefuseNew | CapPolicy::EvictOldest => {
                live.reverse();
                live.sort_by_key(|counted| counted.created_at);
                Ok(Some(live.into_iter().take(too_many).map(|counted| counted.leaving).collect()))
            }
        }
    }

    /// The key of a session's subject; `None` when there is no subject or no session.
    fn key_of(&self, id: SessionId) -> Result<Option<Key>, Trouble> {
        let shard = self.shards.read(number_of(id))?;
        Ok(shard.find(id).and_then(|slot| self.key_at(&shard, slot)))
    }
}
