//! All calls of a storm, and what kind of store they were asked of.

use std::time::Duration;

use tokio::time::Instant;

use crate::storm::event::{Call, Event, Moment};

/// What happened, as far as the callers know.
pub(in crate::storm) struct History {
    pub(super) events: Vec<Event>,
    pub(super) leave: Leave,
}

/// What a store may do beyond the contract, since its documentation says so.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a leave of its own, and they go together in any way"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::storm) struct Leave {
    /// Sessions may end by themselves.
    pub(in crate::storm) forgets: bool,
    /// A failover may undo what was not waited for.
    pub(in crate::storm) fails_over: bool,
    /// A touch may be undone when a server dies.
    pub(in crate::storm) loses_touches: bool,
    /// A sign-in may take several steps, and be undone before it has come to its end.
    pub(in crate::storm) takes_steps: bool,
    /// How old the answer of a load may be.
    pub(in crate::storm) staleness: Duration,
}

impl History {
    pub(in crate::storm) fn new(mut events: Vec<Event>, leave: Leave) -> Self {
        events.sort_by_key(|event| event.began);
        if leave.staleness > Duration::ZERO {
            let begins: Vec<_> = events.iter().map(|event| (event.began_at, event.began)).collect();
            for event in
                events.iter_mut().filter(|event| matches!(event.call, Call::Load(_) | Call::LoadNow(_)))
            {
                let oldest = event.asked_at.checked_sub(leave.staleness);
                event.began = oldest.map_or(0, |oldest| last_by(oldest, &begins)).min(event.began);
            }
            events.sort_by_key(|event| event.began);
        }
        Self { events, leave }
    }

    /// Whether what this call was told stays so, also when another server takes over.
    ///
    /// Loads, lists and touches are answered by what the master has; so is the begin of a visitor's session that ends none.
    /// Everything else is answered when the replicas have it, and with it all that the master had by then.
    pub(super) fn lasts(&self, event: &Event) -> bool {
        let waits = match &event.call {
            Call::Insert(new) => new.subject.is_some() || new.replaces.is_some(),
            Call::SignIn(..)
            | Call::Replace { .. }
            | Call::Revoke(_)
            | Call::RevokeSubject(..)
            | Call::RevokeEveryone => true,
            _ => false,
        };
        waits || !self.leave.fails_over
    }
}

/// The last moment that had certainly come at this time: whatever ended before it had ended by then.
fn last_by(time: Instant, begins: &[(Instant, Moment)]) -> Moment {
    let later = begins.partition_point(|(at, _)| *at <= time);
    later.checked_sub(1).map_or(0, |last| begins[last].1)
}
