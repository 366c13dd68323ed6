//! Lists are whole, and so is what a revocation says that it ended.

use std::collections::{BTreeMap, BTreeSet};

use cloakroom_core::SessionId;

use super::broken::Broken;
use super::history::History;
use super::lives::Life;
use crate::storm::event::{Call, Event, Outcome};

pub(super) fn check(history: &History, lives: &BTreeMap<SessionId, Life>) -> Result<(), Broken> {
    for event in &history.events {
        match (&event.call, &event.outcome) {
            (Call::List(subject), Outcome::Listed(rows)) => {
                if rows.iter().any(|(_, of, _)| of.as_ref() != Some(subject)) {
                    return Err(Broken::new("A list has the sessions of its subject alone.", [event]));
                }
                is_whole(history, lives, event, rows.iter().map(|(id, ..)| *id))?;
            }
            (Call::RevokeSubject(subject, spare), Outcome::Ended(ended)) => {
                let is_wrong = |id: &SessionId| {
                    Some(*id) == *spare
                        || lives.get(id).is_none_or(|life| life.subject.as_ref() != Some(subject))
                };
                if ended.iter().any(is_wrong) {
                    return Err(Broken::new(
                        "A revocation ends the sessions of its subject, and spares one.",
                        [event],
                    ));
                }
                is_whole(history, lives, event, ended.iter().chain(spare).copied())?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// That everybody is named who was there from the begin of the call to its end, and nobody twice.
fn is_whole(
    history: &History,
    lives: &BTreeMap<SessionId, Life>,
    event: &Event,
    named: impl Iterator<Item = SessionId>,
) -> Result<(), Broken> {
    let (Call::List(subject) | Call::RevokeSubject(subject, _)) = &event.call else { return Ok(()) };
    let mut once = BTreeSet::new();
    for id in named {
        if !once.insert(id) {
            return Err(Broken::new("A list has no session twice.", [event]));
        }
    }
    if history.leave.forgets {
        return Ok(());
    }
    let events = &history.events;
    for life in lives.values().filter(|life| life.subject.as_ref() == Some(subject)) {
        // The call itself may have ended it, and then it says so.
        let mut others = life.perils.iter().map(|at| &events[*at]).filter(|peril| peril.began != event.began);
        let is_there = life.exists_from.is_some_and(|from| from < event.began)
            && !once.contains(&life.id)
            && others.next().is_none_or(|first| first.began > event.ended);
        let is_over = life.gone_by.is_some_and(|(gone_by, _)| gone_by < event.began);
        if is_there && !is_over {
            return Err(Broken::new(
                "A list has every session of its subject.",
                [&events[life.creation], event],
            ));
        }
    }
    Ok(())
}
