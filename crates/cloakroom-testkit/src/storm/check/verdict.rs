//! All rules, one after the other.

use std::collections::BTreeMap;

use cloakroom_core::SessionId;

use super::broken::Broken;
use super::history::History;
use super::lives::{Life, lives};
use super::{caps, chain, fences, lists, presence};
use crate::storm::event::Outcome;

/// Whether the history can be that of a store that keeps its promises.
///
/// # Errors
/// The first promise that is found broken.
pub(in crate::storm) fn judge(history: &History) -> Result<(), Broken> {
    every_answer_is_one(history)?;
    let lives: BTreeMap<SessionId, Life> = lives(history);
    for life in lives.values() {
        presence::check(history, life)?;
        chain::check(history, life)?;
    }
    caps::check(history, &lives)?;
    fences::check(history, &lives)?;
    lists::check(history, &lives)
}

/// What no order of calls could explain.
fn every_answer_is_one(history: &History) -> Result<(), Broken> {
    for event in &history.events {
        let promise = match event.outcome {
            Outcome::Garbage(_) => "A load gives a whole row that somebody wrote.",
            Outcome::Duplicate => {
                "An ID that nobody has used is free; a store does not try again what may be done."
            }
            Outcome::Purged(1..) => "A purge takes no row that is not due.",
            _ => continue,
        };
        return Err(Broken::new(promise, [event]));
    }
    Ok(())
}
