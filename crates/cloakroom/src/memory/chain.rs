//! The list of a subject's sessions, the newest first, through cells of any shard.
//!
//! Whoever calls these functions has locked the subject's shard and no session shard.

use std::ops::ControlFlow;

use super::cell::Links;
use super::shard::Shard;
use super::shards::Shards;
use super::slot::{Handle, Slot};
use super::subjects::{Key, SubjectShard};
use super::trouble::Trouble;

/// Adds a session that is in no list.
pub(super) fn link(
    shards: &Shards,
    subject: &mut SubjectShard,
    key: Key,
    session: Handle,
) -> Result<(), Trouble> {
    let next = subject.newest(key);
    subject.set_newest(key, session);
    relink(shards, session, |links| *links = Links { next, previous: Handle::NONE })?;
    relink(shards, next, |links| links.previous = session)
}

/// Takes a session out.
pub(super) fn unlink(
    shards: &Shards,
    subject: &mut SubjectShard,
    key: Key,
    session: Handle,
) -> Result<(), Trouble> {
    let Links { next, previous } = shards.read(session.shard())?.cell(session.slot()).siblings();
    if previous.is_none() {
        subject.set_newest(key, next);
    }
    relink(shards, previous, |links| links.next = next)?;
    relink(shards, next, |links| links.previous = previous)
}

/// Follows a session whose cell was moved, links and all, to `session`.
pub(super) fn moved(
    shards: &Shards,
    subject: &mut SubjectShard,
    key: Key,
    session: Handle,
) -> Result<(), Trouble> {
    let Links { next, previous } = shards.read(session.shard())?.cell(session.slot()).siblings();
    if previous.is_none() {
        subject.set_newest(key, session);
    }
    relink(shards, previous, |links| links.next = session)?;
    relink(shards, next, |links| links.previous = session)
}

/// Visits the sessions, the newest first, until told to stop.
pub(super) fn visit(
    shards: &Shards,
    subject: &SubjectShard,
    key: Key,
    mut visit: impl FnMut(Handle, &Shard, Slot) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    let mut session = subject.newest(key);
    while !session.is_none() {
        let shard = shards.read(session.shard())?;
        if visit(session, &shard, session.slot()).is_break() {
            break;
        }
        session = shard.cell(session.slot()).siblings().next;
    }
    Ok(())
}

/// Ends a session of the list.
pub(super) fn end(
    shards: &Shards,
    subject: &mut SubjectShard,
    key: Key,
    session: Handle,
) -> Result<(), Trouble> {
    shards.write(session.shard())?.detach(session.slot());
    bury(shards, subject, key, session)
}

/// Takes a session out that has ended, and gives its cell back.
pub(super) fn bury(
    shards: &Shards,
    subject: &mut SubjectShard,
    key: Key,
    session: Handle,
) -> Result<(), Trouble> {
    unlink(shards, subject, key, session)?;
    shards.write(session.shard())?.release(session.slot());
    Ok(())
}

fn relink(shards: &Shards, session: Handle, change: impl FnOnce(&mut Links<Handle>)) -> Result<(), Trouble> {
    if session.is_none() {
        return Ok(());
    }
    let mut shard = shards.write(session.shard())?;
    let mut links = shard.cell(session.slot()).siblings();
    change(&mut links);
    shard.set_siblings(session.slot(), links);
    Ok(())
}
