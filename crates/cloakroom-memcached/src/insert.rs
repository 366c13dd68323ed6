//! A new session, alone or in place of another.
//!
//! Memcached changes one key at a time, and a sign-in that replaces a session changes two. So that it is one step all the same,
//! what decides is a single compare-and-swap, on the old session:
//!
//! ```text
//! 1. add   new: coming, in place of old    nobody sees it: as long as old has not left for it, it is no session
//! 2. swap  old: left for new               the moment: old is none any more, and new is one
//! 3. swap  new: a session                  so that it stays when the mark goes
//! 4. delete the mark of old
//! ```
//! Whoever reads the new session between 2 and 3 looks at the old one, sees that it has left, and does 3 first. When 2 is
//! refused, since the old session was written, revoked or replaced by another sign-in, the new item is taken away again.
//!
//! **What a crash leaves.** Before 2: an item that is no session, for a minute; the old session is as it was. After 2: the new session,
//! whose token nobody has been given; if nobody reads it within a minute, it is gone.

use std::time::Duration;

use cloakroom_core::SessionId;
use cloakroom_core::store::{Insert, Inserted, Loaded, Seen, Version};
use tokio::time::sleep;

use crate::error::Trouble;
use crate::item::Content;
use crate::servers::{Servers, Written};
use crate::sessions::{Found, TRIES_MAX};
use crate::wire::{Cas, If};

/// How long to wait for a sign-in that has not decided on the same ID, together, and how long at a time.
const UNDECIDED_TURNS: u32 = 50;
const UNDECIDED_TURN: Duration = Duration::from_millis(5);

/// An insert that was answered; `None` when the ID is taken.
pub(crate) type Answer = Option<Inserted>;

impl Servers {
    pub(crate) async fn insert(&self, insert: Insert<'_>) -> Result<Answer, Trouble> {
        let loaded = Loaded { row: insert.row.clone(), version: Version::FIRST };
        let Some(seen) = insert.replaces else {
            let added = self.add(insert.id, &Content::Session(loaded)).await?;
            return Ok(added.map(|_| Inserted::Done));
        };
        let Some(coming) = self.add(insert.id, &Content::Coming(loaded.clone(), seen.id)).await? else {
            return Ok(None);
        };
        match self.leave(seen, insert.id).await? {
            Ok(mark) => {
                self.arrive(insert.id, loaded, coming).await?;
                self.clear_away(seen.id, mark);
                Ok(Some(Inserted::Done))
            }
            Err(refused) => {
                self.delete(insert.id, Some(coming)).await?;
                Ok(Some(refused))
            }
        }
    }

    /// Creates an item; `None` when there is a session of this ID.
    async fn add(&self, id: SessionId, content: &Content) -> Result<Option<Cas>, Trouble> {
        let octets = content.encode();
        let mut condition = If::Absent;
        for _ in 0..UNDECIDED_TURNS {
            match self.set(id, &octets, content.expiry(), condition).await? {
                Written::Done(cas) => return Ok(Some(cas)),
                Written::Refused | Written::Gone => {}
            }
            condition = match self.find(id).await? {
                Found::Session(..) => return Ok(None),
                Found::Nothing => If::Absent,
                Found::Left(new, mark) => {
                    // Nobody needs the mark any more when that one has arrived.
                    self.find(new).await?;
                    If::Unchanged(mark)
                }
                // Somebody else is about to create it.
                Found::Coming => {
                    sleep(UNDECIDED_TURN).await;
                    If::Absent
                }
            };
        }
        // IDs are random: nobody comes here but with one that was tried a moment ago and given up.
        Ok(None)
    }

    /// Ends a session in favour of another, unless it has been written or is gone; gives the number of the mark.
    async fn leave(&self, old: Seen, new: SessionId) -> Result<Result<Cas, Inserted>, Trouble> {
        let mark = Content::Left(new);
        for _ in 0..TRIES_MAX {
            let Found::Session(loaded, cas) = self.find(old.id).await? else {
                return Ok(Err(Inserted::Gone));
            };
            if loaded.version != old.version {
                return Ok(Err(Inserted::Lost));
            }
            match self.set(old.id, &mark.encode(), mark.expiry(), If::Unchanged(cas)).await? {
                Written::Done(cas) => return Ok(Ok(cas)),
                Written::Gone => return Ok(Err(Inserted::Gone)),
                // It may have been a touch, which is no reason to lose.
                Written::Refused => {}
            }
        }
        Err(Trouble::Contended(TRIES_MAX))
    }

    /// Makes a session of what was coming.
    async fn arrive(&self, id: SessionId, loaded: Loaded, coming: Cas) -> Result<(), Trouble> {
        let session = Content::Session(loaded);
        match self.set(id, &session.encode(), session.expiry(), If::Unchanged(coming)).await? {
            // A reader was quicker.
            Written::Done(_) | Written::Refused => Ok(()),
            // Revoked already by somebody who read it, or dropped by a server without room.
            Written::Gone => Err(Trouble::Evicted),
        }
    }
}
