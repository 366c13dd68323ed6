//! What is done to one session: read it, and swap it against another.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Revoked, Row, Swap, Touch, Touched, Version};

use crate::error::Trouble;
use crate::item::Content;
use crate::servers::{Deleted, Servers, Written};
use crate::wire::{Cas, If};

/// How often a call begins anew because somebody else wrote in between. Each time somebody got through, so it is only under
/// a storm of writes to one session that a call comes this far.
pub(crate) const TRIES_MAX: u32 = 100;

/// What there is under a session's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The session, and the item's number.
    Session(Loaded, Cas),
    /// A session that may come to be.
    Coming,
    /// No session any more, since this one replaced it; and the item's number.
    Left(SessionId, Cas),
    /// Nothing.
    Nothing,
}

impl Servers {
    /// What there is. A session whose coming is decided is made one, so that it stays when the mark of that goes.
    pub(crate) async fn find(&self, id: SessionId) -> Result<Found, Trouble> {
        for _ in 0..TRIES_MAX {
            let Some(item) = self.get(id).await? else { return Ok(Found::Nothing) };
            let (loaded, old) = match Content::decode(&item.data)? {
                Content::Session(loaded) => return Ok(Found::Session(loaded, item.cas)),
                Content::Left(new) => return Ok(Found::Left(new, item.cas)),
                Content::Coming(loaded, old) => (loaded, old),
            };
            if !self.has_left_for(old, id).await? {
                return Ok(Found::Coming);
            }
            let session = Content::Session(loaded);
            self.set(id, &session.encode(), session.expiry(), If::Unchanged(item.cas)).await?;
        }
        Err(Trouble::Contended(TRIES_MAX))
    }

    async fn has_left_for(&self, old: SessionId, new: SessionId) -> Result<bool, Trouble> {
        let Some(item) = self.get(old).await? else { return Ok(false) };
        Ok(Content::decode(&item.data)? == Content::Left(new))
    }

    pub(crate) async fn load(&self, id: SessionId) -> Result<Option<Loaded>, Trouble> {
        Ok(match self.find(id).await? {
            Found::Session(loaded, _) => Some(loaded),
            Found::Coming | Found::Left(..) | Found::Nothing => None,
        })
    }

    pub(crate) async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, Trouble> {
        for _ in 0..TRIES_MAX {
            let Found::Session(old, cas) = self.find(id).await? else { return Ok(Swap::Gone) };
            if old.version != seen {
                return Ok(Swap::Lost);
            }
            let mut row = row.clone();
            row.last_seen_at = row.last_seen_at.max(old.row.last_seen_at);
            row.expires_at = row.expires_at.max(old.row.expires_at);
            let version = seen.next();
            match self.write(id, Loaded { row, version }, cas).await? {
                Written::Done(_) => return Ok(Swap::Done(version)),
                Written::Gone => return Ok(Swap::Gone),
                // It may have been a touch, which is no reason to lose.
                Written::Refused => {}
            }
        }
        Err(Trouble::Contended(TRIES_MAX))
    }

    pub(crate) async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, Trouble> {
        for _ in 0..TRIES_MAX {
            let Found::Session(mut loaded, cas) = self.find(id).await? else { return Ok(Touched::Gone) };
            let row = &mut loaded.row;
            if row.last_seen_at >= touch.last_seen_at && row.expires_at >= touch.expires_at {
                return Ok(Touched::Done);
            }
            row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
            row.expires_at = row.expires_at.max(touch.expires_at);
            match self.write(id, loaded, cas).await? {
                Written::Done(_) => return Ok(Touched::Done),
                Written::Gone => return Ok(Touched::Gone),
                Written::Refused => {}
            }
        }
        Err(Trouble::Contended(TRIES_MAX))
    }

    /// Writes over the item that was read; never creates.
    async fn write(&self, id: SessionId, loaded: Loaded, cas: Cas) -> Result<Written, Trouble> {
        let session = Content::Session(loaded);
        self.set(id, &session.encode(), session.expiry(), If::Unchanged(cas)).await
    }

    /// Deletes the item that was read: a mark that a sign-in left meanwhile is none of a sign-out's business.
    pub(crate) async fn revoke(&self, id: SessionId) -> Result<Revoked, Trouble> {
        for _ in 0..TRIES_MAX {
            let Found::Session(_, cas) = self.find(id).await? else { return Ok(Revoked::Absent) };
            match self.delete(id, Some(cas)).await? {
                Deleted::Done => return Ok(Revoked::Done),
                Deleted::Absent => return Ok(Revoked::Absent),
                Deleted::Changed => {}
            }
        }
        // Under a storm of writes a sign-out still wins, at worst over the sign-in that is replacing the session.
        Ok(match self.delete(id, None).await? {
            Deleted::Done => Revoked::Done,
            Deleted::Absent | Deleted::Changed => Revoked::Absent,
        })
    }
}
