//! What a store tells of changes, for whoever keeps copies of its rows.

use std::future::Future;
use std::sync::Arc;

use super::Store;
use crate::ids::{SessionId, Subject};

/// A store that tells its readers when a row that they may have a copy of is no longer what it was.
///
/// It makes copies fresher than their bound, and no promise rests on it: whoever keeps copies uses none beyond a stated
/// age, whatever is told or not told. So a channel that may lose messages, such as a publication of Redis or a notification
/// of `PostgreSQL`, will do.
pub trait Changes: Store {
    /// Tells `sink` what changes, by whichever node, until the future is dropped.
    ///
    /// It connects by itself, on a connection of its own, and again whenever that breaks, with pauses; it tells that and
    /// never ends because of it.
    ///
    /// **What has to be told**, once the effect can be read and not before: every [`Store::replace`] that was done, and
    /// every end of a session but by a purge: by [`Store::revoke`], by an insert that replaced it or whose cap ended it, by
    /// [`SubjectIndex::revoke_subject`](super::SubjectIndex::revoke_subject) and
    /// [`SubjectIndex::revoke_everyone`](super::SubjectIndex::revoke_everyone). New rows, touches and purges need not be: nobody
    /// has a copy of a new row, a touch only moves forward, and what is purged had expired. What this very object did
    /// may be left out, and may be told.
    ///
    /// # Security
    /// The channel carries session IDs, and subjects at most. A forged message costs a look-up and nothing more.
    fn watch(&self, sink: Arc<dyn ChangeSink>) -> impl Future<Output = ()> + Send;
}

/// Who is told of changes. Every method is quick and never waits.
pub trait ChangeSink: Send + Sync + 'static {
    /// This has happened.
    fn tell(&self, change: Change<'_>);
}

/// Something that a store tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// This session was written or has ended.
    Session(SessionId),
    /// Any session of this subject may have ended: for a store that does not want to name each.
    Subject(&'a Subject),
    /// Any session may have been written or ended.
    Everyone,
    /// From now on changes are told; those before may have been missed. Said after each connect, when the subscription is
    /// in force, not just asked for.
    Connected,
    /// Changes are no longer told, or some may have been lost: the connection broke, or a queue ran over.
    Lost,
}
