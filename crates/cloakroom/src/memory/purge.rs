//! Removing what has expired, and giving the memory back.

use std::future::poll_fn;
use std::task::Poll;

use cloakroom_core::store::StoreError;
use cloakroom_core::{SessionId, Timestamp};

use super::chain;
use super::shard::number_of;
use super::shards::Shards;
use super::slot::Handle;
use super::store::{Ends, MemoryStore};
use super::trouble::Trouble;

/// How many steps are made before other tasks of the thread get their turn.
const STEPS_AT_ONCE: usize = 32;

impl MemoryStore {
    /// Removes rows that have expired, shard by shard, some hundred under each lock.
    pub(super) async fn purge_expired(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        let of = |trouble: Trouble| trouble.of("purge");
        self.subjects.forget_revocations(now).map_err(of)?;
        let first = self.purges.first();
        let (mut removed, mut steps) = (0, 0);
        for number in Shards::numbers().map(|number| first.wrapping_add(number)) {
            let before = removed;
            while removed < rows_max {
                let Some(ended) = self.purge_step(number, now, rows_max - removed).map_err(of)? else {
                    break;
                };
                removed += ended;
                steps += 1;
                if steps % STEPS_AT_ONCE == 0 {
                    give_way().await;
                }
            }
            if removed > before {
                self.move_together(number).map_err(of)?;
            }
            if removed == rows_max {
                self.purges.begin_with(number);
                break;
            }
        }
        Ok(removed)
    }

    /// One step in one shard; `None` when nothing is due there.
    fn purge_step(&self, number: u8, now: Timestamp, rows_max: usize) -> Result<Option<usize>, Trouble> {
        // The lock is gone before the members end: their subjects' locks come first.
        let due = self.shards.write(number)?.take_due(now, rows_max);
        let Some(due) = due else { return Ok(None) };
        let mut ended = due.ended;
        for id in due.members {
            ended += usize::from(self.end(id, Ends::IfExpired(now))?);
        }
        Ok(Some(ended))
    }

    /// Empties the sparsest page of a shard, when what is left on it finds room on others.
    fn move_together(&self, number: u8) -> Result<(), Trouble> {
        let strewn = self.shards.read(number)?.strewn();
        strewn.into_iter().try_for_each(|id| self.move_to_fuller_page(id))
    }

    fn move_to_fuller_page(&self, id: SessionId) -> Result<(), Trouble> {
        let number = number_of(id);
        let shard = self.shards.read(number)?;
        let key = shard.find(id).and_then(|slot| self.key_at(&shard, slot));
        drop(shard);

        let mut subjects = self.subjects.lock_both([key, None])?;
        let mut shard = self.shards.write(number)?;
        let Some(slot) = shard.find(id).filter(|slot| self.key_at(&shard, *slot) == key) else {
            return Ok(());
        };
        let Some(moved) = shard.move_together(slot) else { return Ok(()) };
        drop(shard);
        match key {
            Some(key) => chain::moved(&self.shards, subjects.of(key), key, Handle::new(number, moved)),
            None => Ok(()),
        }
    }
}

/// Lets the other tasks of the thread run.
async fn give_way() {
    let mut gave_way = false;
    poll_fn(|context| {
        if std::mem::replace(&mut gave_way, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
