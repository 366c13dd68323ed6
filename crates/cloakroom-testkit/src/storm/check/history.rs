//! All calls of a storm.

use crate::storm::event::Event;

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
}
