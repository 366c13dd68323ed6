//! The writes of a session are one chain, and nobody sees it go back.

use std::collections::BTreeMap;

use cloakroom_core::store::{Inserted, Swap, Touched, Version};

use super::broken::Broken;
use super::history::History;
use super::lives::Life;
use crate::storm::event::{Call, Event, Mark, Moment, Outcome, Sighting};

/// An attempt to write.
struct Write<'a> {
    event: &'a Event,
    base: Option<Sighting>,
    version: Option<Version>,
    was_refused: bool,
    is_certain: bool,
}

pub(super) fn check(history: &History, life: &Life) -> Result<(), Broken> {
    let events = &history.events;
    let mut writes = writes(events, life);
    note_sightings(history, life, &mut writes)?;
    let places = places(events, life, &writes)?;
    no_step_back(events, life, &writes, &places)?;
    let is_settled = writes.values().all(|write| write.was_refused || write.is_certain);
    if is_settled || !history.leave.fails_over {
        no_loss_without_a_winner(life, events, &writes)?;
    }
    if history.leave.loses_touches { Ok(()) } else { touches_stay(events, life) }
}

fn writes<'a>(events: &'a [Event], life: &Life) -> BTreeMap<Mark, Write<'a>> {
    let creation = &events[life.creation];
    let is_done = matches!(creation.outcome, Outcome::Inserted(Inserted::Done) | Outcome::SignedIn { .. });
    let first = Write {
        event: creation,
        base: None,
        version: Some(Version::FIRST),
        was_refused: life.was_refused,
        is_certain: is_done,
    };
    let mut writes = BTreeMap::from([(life.mark, first)]);
    for event in life.writes.iter().map(|at| &events[*at]) {
        let Call::Replace { mark, base, .. } = &event.call else { continue };
        let version = match event.outcome {
            Outcome::Swapped(Swap::Done(version)) => Some(version),
            _ => None,
        };
        let write = Write {
            event,
            base: Some(*base),
            version,
            was_refused: version.is_none() && !event.outcome.is_unknown(),
            is_certain: version.is_some(),
        };
        writes.insert(*mark, write);
    }
    writes
}

/// Whoever saw a row saw one that was written by then; its write has been done, then, with that version. A failover may undo
/// it until its own caller is told that it is done.
fn note_sightings<'a>(
    history: &'a History,
    life: &Life,
    writes: &mut BTreeMap<Mark, Write<'a>>,
) -> Result<(), Broken> {
    for (at, seen) in &life.sightings {
        let seer = &history.events[*at];
        let Some(write) = writes.get_mut(&seen.mark) else {
            return Err(Broken::new("A row is never seen under another session's ID.", [seer]));
        };
        let is_undone_yet = write.base.is_some() || seer.began > write.event.ended;
        if write.was_refused && (is_undone_yet || !history.leave.takes_steps) {
            return Err(Broken::new("A write that was refused is never seen.", [write.event, seer]));
        }
        if write.event.began > seer.ended {
            return Err(Broken::new("No row is seen before it is written.", [write.event, seer]));
        }
        if *write.version.get_or_insert(seen.version) != seen.version {
            return Err(Broken::new("A write has one version, which no touch changes.", [write.event, seer]));
        }
        write.is_certain |= !history.leave.fails_over;
    }
    Ok(())
}

/// The place of each certain write in the chain.
fn places(
    events: &[Event],
    life: &Life,
    writes: &BTreeMap<Mark, Write<'_>>,
) -> Result<BTreeMap<Mark, usize>, Broken> {
    let mut next: BTreeMap<Mark, Mark> = BTreeMap::new();
    for (mark, write) in writes.iter().filter(|(_, write)| write.is_certain) {
        let Some(base) = write.base else { continue };
        if let Some(other) = next.insert(base.mark, *mark) {
            let winners = [writes[&other].event, write.event];
            return Err(Broken::new("Of all writes of one version, one wins.", winners));
        }
        if write.version == Some(base.version) {
            return Err(Broken::new("Every write gives another version.", [write.event]));
        }
    }
    // A sign-in that replaces the session is the last to win its version.
    for end in life.ends.iter().map(|at| &events[*at]) {
        let (Call::Insert(new) | Call::SignIn(new, _)) = &end.call else { continue };
        if let Some((_, base)) = new.replaces.filter(|(id, _)| *id == life.id)
            && let Some(other) = next.get(&base.mark)
        {
            return Err(Broken::new("Of all writes of one version, one wins.", [writes[other].event, end]));
        }
    }
    let (mut places, mut at) = (BTreeMap::from([(life.mark, 0)]), life.mark);
    while let Some(mark) = next.get(&at) {
        places.insert(*mark, places.len());
        at = *mark;
    }
    Ok(places)
}

/// Whoever begins to look after somebody has seen a write sees it too, or a later one.
fn no_step_back(
    events: &[Event],
    life: &Life,
    writes: &BTreeMap<Mark, Write<'_>>,
    places: &BTreeMap<Mark, usize>,
) -> Result<(), Broken> {
    let done =
        writes.iter().filter(|(_, write)| matches!(write.event.outcome, Outcome::Swapped(Swap::Done(_))));
    let done = done.map(|(mark, write)| (write.event, *mark));
    let seen = life.sightings.iter().map(|(at, seen)| (&events[*at], seen.mark));
    let mut known: Vec<(Moment, usize, &Event)> = seen
        .chain(done)
        .filter_map(|(event, mark)| Some((event.ended, *places.get(&mark)?, event)))
        .collect();
    known.sort_by_key(|(ended, ..)| *ended);
    let mut sightings: Vec<_> = life.sightings.iter().map(|(at, seen)| (&events[*at], seen)).collect();
    sightings.sort_by_key(|(event, _)| event.began);
    let mut known = known.into_iter().peekable();
    let mut furthest: Option<(usize, &Event)> = None;
    for (seer, seen) in sightings {
        while let Some((_, place, event)) = known.next_if(|(ended, ..)| *ended < seer.began) {
            if furthest.is_none_or(|(far, _)| place > far) {
                furthest = Some((place, event));
            }
        }
        if let (Some((far, event)), Some(place)) = (furthest, places.get(&seen.mark))
            && *place < far
        {
            return Err(Broken::new(
                "Nobody reads an older row than somebody has read or written before.",
                [event, seer],
            ));
        }
    }
    Ok(())
}

/// A write is lost only to another write.
fn no_loss_without_a_winner(
    life: &Life,
    events: &[Event],
    writes: &BTreeMap<Mark, Write<'_>>,
) -> Result<(), Broken> {
    let has_winner = |base: Mark, loser: &Event| {
        writes.values().any(|write| {
            write.base.is_some_and(|sighting| sighting.mark == base)
                && !write.was_refused
                && write.event.began < loser.ended
        })
    };
    for write in writes.values() {
        if let (Outcome::Swapped(Swap::Lost), Some(base)) = (&write.event.outcome, write.base)
            && !has_winner(base.mark, write.event)
        {
            return Err(Broken::new("A write is lost only to another write.", [write.event]));
        }
    }
    for event in life.presences.iter().map(|at| &events[*at]) {
        if let (Call::Insert(new) | Call::SignIn(new, _), Outcome::Inserted(Inserted::Lost)) =
            (&event.call, &event.outcome)
            && let Some((_, base)) = new.replaces
            && !has_winner(base.mark, event)
        {
            return Err(Broken::new(
                "A sign-in is lost only to a write of the session that it replaces.",
                [event],
            ));
        }
    }
    Ok(())
}

/// Whoever looks after a touch has returned sees a row at least as far, and nothing moves back.
fn touches_stay(events: &[Event], life: &Life) -> Result<(), Broken> {
    let touches =
        life.touches.iter().map(|at| &events[*at]).filter_map(|event| match (&event.call, &event.outcome) {
            (Call::Touch(_, touch), Outcome::Touched(Touched::Done)) => {
                Some((event, touch.last_seen_at, touch.expires_at))
            }
            _ => None,
        });
    let seen = life.sightings.iter().map(|(at, seen)| (&events[*at], seen.last_seen_at, seen.expires_at));
    let mut known: Vec<_> = touches.chain(seen).collect();
    known.sort_by_key(|(event, ..)| event.ended);
    let mut sightings: Vec<_> = life.sightings.iter().map(|(at, seen)| (&events[*at], seen)).collect();
    sightings.sort_by_key(|(event, _)| event.began);
    let mut known = known.into_iter().peekable();
    let (mut last_seen, mut expires) = (None, None);
    for (seer, seen) in sightings {
        while let Some((event, seen_at, expires_at)) = known.next_if(|(event, ..)| event.ended < seer.began) {
            last_seen = last_seen.max(Some((seen_at, event.began)));
            expires = expires.max(Some((expires_at, event.began)));
        }
        for (furthest, now) in [(last_seen, seen.last_seen_at), (expires, seen.expires_at)] {
            if let Some((furthest, began)) = furthest
                && now < furthest
            {
                let witness = events.iter().find(|event| event.began == began);
                let promise = "A touch is not lost, and moves nothing back.";
                return Err(Broken::new(promise, witness.into_iter().chain([seer])));
            }
        }
    }
    Ok(())
}
