//! Events that wait for the database.

use std::collections::VecDeque;

use crate::events::event::Event;

/// How many may wait: an hour of a busy sign-in, and some 2 MB.
pub(super) const WAITING_MAX: usize = 8192;

/// An event, and its place among those of its process.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub(super) count: i64,
    pub(super) event: Event,
}

/// Events that wait, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Numbered>,
    count: i64,
    lost: u64,
}

impl Queue {
    /// Takes one in; `false` when there is no room. It has been counted then, so that a gap is left in the numbers.
    #[must_use]
    pub(super) fn push(&mut self, event: Event) -> bool {
        self.count += 1;
        if self.waiting.len() >= WAITING_MAX {
            self.lost += 1;
            return false;
        }
        self.waiting.push_back(Numbered { count: self.count, event });
        true
    }

    /// Copies of the first so many.
    pub(super) fn first(&self, events_max: usize) -> Vec<Numbered> {
        self.waiting.iter().take(events_max).cloned().collect()
    }

    /// The first so many are written down.
    pub(super) fn settle(&mut self, events: usize) {
        self.waiting.drain(..events.min(self.waiting.len()));
    }

    /// How many had no room, since it was last asked.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}
