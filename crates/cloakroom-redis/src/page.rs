//! Walks by pages, whose state is in the caller's hands.
//!
//! ```text
//! cursor = first slot of the server, 2 octets | digest of its run, 4 octets | its cursor, 8 octets
//!        | [when the keys of one step did not fit] digest of the step's end, 4 octets | last session that was given, 16 octets
//! ```
//! A server that was restarted or replaced since is walked over from its begin: some sessions are met twice. While slots are
//! being moved, a walk may miss those that move.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Page, PageCursor};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use redis::Value;
use std::sync::Arc;

use crate::answer::UNKNOWN_ANSWER;
use crate::error::Trouble;
use crate::inner::Inner;
use crate::link::Link;
use crate::scan::{read_scan, scan};
use crate::sessions::DAMAGED;
use crate::value;
use crate::walk::run_of;

/// Steps of a page that finds nothing; the caller may have other things to do.
const STEPS_MAX: usize = 64;
const KEYS_MAX: usize = 1_000;
const LOADS_AT_ONCE: usize = 64;

/// Where a walk goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    first_slot: u16,
    run: u32,
    cursor: u64,
    within: Option<Within>,
}

/// Where it goes on among the keys of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Within {
    end: u32,
    after: SessionId,
}

/// What a step came to.
enum Step {
    Found(Vec<SessionId>, Option<Place>),
    /// The server is not the one that the cursor is of.
    Again(Place),
}

impl Inner {
    pub(crate) async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, Trouble> {
        let mut place = after.and_then(|cursor| Place::read(cursor.as_octets())).unwrap_or_default();
        let servers = self.router.masters().await?;
        for _ in 0..STEPS_MAX {
            // A server that is gone has given its slots to others, whose walk begins anew.
            let Some((first_slot, link)) = servers.range(place.first_slot..).next() else { break };
            if *first_slot != place.first_slot {
                place = Place { first_slot: *first_slot, ..Place::default() };
            }
            let (found, next) = match self.step(link, place, rows_max).await? {
                Step::Again(again) => {
                    place = again;
                    continue;
                }
                Step::Found(found, next) => (found, next),
            };
            let next = next.or_else(|| {
                let (first_slot, _) = servers.range(place.first_slot + 1..).next()?;
                Some(Place { first_slot: *first_slot, ..Place::default() })
            });
            let sessions = self.load_all(found).await?;
            match next {
                Some(next) if sessions.is_empty() => place = next,
                next => return Ok(Page { sessions, next: next.map(Place::write) }),
            }
        }
        Ok(Page { sessions: Vec::new(), next: Some(place.write()) })
    }

    async fn step(&self, link: &Arc<Link>, place: Place, rows_max: usize) -> Result<Step, Trouble> {
        let mut commands = redis::pipe();
        commands.cmd("INFO").arg("server");
        commands.add_command(scan(&self.keys, place.cursor, rows_max.clamp(1, KEYS_MAX)));
        let mut answers = self.router.tell(link, &commands).await?.into_iter();
        let run = digest(run_of(answers.next().as_ref()).ok_or(UNKNOWN_ANSWER)?.as_bytes());
        if place.cursor != 0 && place.run != run {
            return Ok(Step::Again(Place { first_slot: place.first_slot, ..Place::default() }));
        }
        let (cursor, keys) = read_scan(&self.keys, answers.next().ok_or(UNKNOWN_ANSWER)?)?;
        let end = digest(&cursor.to_be_bytes());
        let mut found: Vec<_> =
            keys.iter().filter_map(|key| self.keys.session_of_key(key.as_bytes())).collect();
        found.sort_unstable();
        found.dedup();
        // The same step again has the same keys, but for those that came and went; if it ends elsewhere, all are given again.
        if let Some(within) = place.within.filter(|within| within.end == end) {
            found.retain(|id| *id > within.after);
        }
        if found.len() > rows_max {
            found.truncate(rows_max);
            let within = found.last().map(|after| Within { end, after: *after });
            return Ok(Step::Found(found, Some(Place { run, within, ..place })));
        }
        let next = Place { first_slot: place.first_slot, run, cursor, within: None };
        Ok(Step::Found(found, Some(next).filter(|next| next.cursor != 0)))
    }

    async fn load_all(&self, ids: Vec<SessionId>) -> Result<Vec<(SessionId, Loaded)>, Trouble> {
        if !self.router.is_one_server() {
            let loads = stream::iter(ids).map(async |id| Ok::<_, Trouble>((id, self.load(id).await?)));
            let sessions = loads
                .buffer_unordered(LOADS_AT_ONCE)
                .try_filter_map(async |(id, loaded)| Ok(loaded.map(|loaded| (id, loaded))));
            return sessions.try_collect().await;
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = redis::cmd("MGET");
        for id in &ids {
            command.arg(self.keys.session(*id));
        }
        let Value::Array(values) = self.router.read(&self.keys.meta, &command).await? else {
            return Err(UNKNOWN_ANSWER);
        };
        let mut sessions = Vec::with_capacity(ids.len());
        for (id, value) in ids.into_iter().zip(values) {
            if let Value::BulkString(value) = value {
                sessions.push((id, value::decode(&value).map_err(|_| DAMAGED)?));
            }
        }
        Ok(sessions)
    }
}

impl Place {
    fn write(self) -> PageCursor {
        let mut octets = Vec::with_capacity(34);
        octets.extend(self.first_slot.to_be_bytes());
        octets.extend(self.run.to_be_bytes());
        octets.extend(self.cursor.to_be_bytes());
        if let Some(Within { end, after }) = self.within {
            octets.extend(end.to_be_bytes());
            octets.extend(after.as_octets());
        }
        PageCursor::from_octets(&octets)
    }

    /// `None` when no walk of ours has written it.
    fn read(octets: &[u8]) -> Option<Self> {
        let (first_slot, rest) = octets.split_first_chunk()?;
        let (run, rest) = rest.split_first_chunk()?;
        let (cursor, rest) = rest.split_first_chunk()?;
        let within = match rest.split_first_chunk() {
            Some((end, after)) => {
                let after = SessionId::from_octets(after.try_into().ok()?);
                Some(Within { end: u32::from_be_bytes(*end), after })
            }
            None => None,
        };
        Some(Self {
            first_slot: u16::from_be_bytes(*first_slot),
            run: u32::from_be_bytes(*run),
            cursor: u64::from_be_bytes(*cursor),
            within,
        })
    }
}

/// Tells two texts apart, nearly always.
///
/// Source: the FNV-1a hash.
fn digest(text: &[u8]) -> u32 {
    text.iter().fold(0x811c_9dc5, |hash, octet| (hash ^ u32::from(*octet)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_was_written() {
        let within = Within { end: 7, after: SessionId::from_octets([9; SessionId::LEN]) };
        for within in [None, Some(within)] {
            let place = Place { first_slot: 5461, run: 0xfeed, cursor: u64::MAX - 3, within };
            assert_eq!(Place::read(place.write().as_octets()), Some(place));
        }
        assert_eq!(Place::read(&[1, 2, 3]), None);
    }
}
