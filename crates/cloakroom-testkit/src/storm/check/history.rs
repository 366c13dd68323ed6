//! All calls of a storm, and what they say of each session.

use std::collections::BTreeMap;

use cloakroom_core::SessionId;

use super::broken::Broken;
use super::lives::{Life, lives};
use super::{caps, chain, fences, lists, presence};
use crate::storm::event::{Event, Outcome};

/// What happened, as far as the callers know.
pub(in crate::storm) struct History {
    pub(super) events: Vec<Event>,
    /// Whether sessions may end by themselves.
    pub(super) forgets: bool,
}

impl History {
    pub(in crate::storm) fn new(mut events: Vec<Event>, forgets: bool) -> Self {
        events.sort_by_key(|event| event.began);
        Self { events, forgets }
    }

    /// # Errors
    /// The first promise that is found broken.
    pub(in crate::storm) fn check(&self) -> Result<(), Broken> {
        self.every_answer_is_one()?;
        let lives: BTreeMap<SessionId, Life> = lives(&self.events);
        for life in lives.values() {
            presence::check(self, life)?;
            chain::check(self, life)?;
        }
        caps::check(self, &lives)?;
        fences::check(self, &lives)?;
        lists::check(self, &lives)
    }

    /// What no order of calls could explain.
    fn every_answer_is_one(&self) -> Result<(), Broken> {
        for event in &self.events {
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
}
