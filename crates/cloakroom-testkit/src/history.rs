//! Concurrent histories, and whether some order of their calls explains the answers.
//!
//! A store is one object to its callers: each call seems to take effect at one moment between its begin and its
//! end. So for the answers of calls that overlapped there must be an order in which the model, asked one by one,
//! gives the same answers; the search for it is that of Wing and Gong.
//!
//! Source: J. Wing, C. Gong, "Testing and Verifying Concurrent Objects", 1993.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom_core::store::{Store, StoreError};

use crate::model::{Answer, Call, State, perform};

/// Asks a store and notes when each call began and ended.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    moments: AtomicU64,
}

/// A call that was answered.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) call: Call,
    pub(crate) answer: Answer,
    began: u64,
    ended: u64,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, answer, began, ended } = self;
        write!(f, "{began} to {ended}: {call:?}: {answer:?}")
    }
}

impl Recorder {
    pub(crate) async fn ask<S: Store>(&self, store: &S, call: Call) -> Result<Event, StoreError> {
        let began = self.moment();
        let answer = perform(store, &call).await?;
        Ok(Event { call, answer, began, ended: self.moment() })
    }

    fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::SeqCst)
    }
}

/// Whether some order of the events explains their answers, beginning from `start`.
///
/// At most 64 events. The time it takes grows with how many overlap, not with how many there are.
pub(crate) fn is_explained(start: &State, events: &[Event]) -> bool {
    debug_assert!(events.len() <= 64, "the open events are a set of 64 bits");
    explains(start, events, u64::MAX >> (64 - events.len().clamp(1, 64)))
}

fn explains(state: &State, events: &[Event], open: u64) -> bool {
    let open_events = || events.iter().enumerate().filter(|(at, _)| open >> at & 1 == 1);
    // Whatever ended before another began comes before it, so the next is among those that began by the first end.
    let Some(first_end) = open_events().map(|(_, event)| event.ended).min() else { return true };
    open_events().filter(|(_, event)| event.began < first_end).any(|(at, event)| {
        let mut next = state.clone();
        next.answer(&event.call, &event.answer) == event.answer && explains(&next, events, open & !(1 << at))
    })
}

#[cfg(test)]
mod tests {
    use cloakroom_core::SessionId;
    use cloakroom_core::store::{Insert, Revoked, Row, RowBody};
    use cloakroom_core::{Subject, Timestamp};

    use super::*;

    const ID: SessionId = SessionId::from_octets([1; SessionId::LEN]);

    fn holding_one() -> State {
        let row = Row {
            subject: None::<Subject>,
            created_at: Timestamp::EPOCH,
            last_seen_at: Timestamp::EPOCH,
            expires_at: Timestamp::MAX,
            address: None,
            body: RowBody::new(),
        };
        let mut state = State::default();
        let _ = state.insert(Insert { id: ID, row: &row, replaces: None }).expect("the state is empty");
        state
    }

    fn event(call: Call, answer: Answer, began: u64, ended: u64) -> Event {
        Event { call, answer, began, ended }
    }

    #[test]
    fn a_load_beside_a_revoke_may_see_either() {
        let state = holding_one();
        for seen in [state.load(ID), None] {
            let events = [
                event(Call::Revoke(ID), Answer::Revoked(Revoked::Done), 0, 3),
                event(Call::Load(ID), Answer::Loaded(seen), 1, 2),
            ];
            assert!(is_explained(&state, &events));
        }
    }

    #[test]
    fn a_load_after_a_revoke_may_not_see_the_session() {
        let state = holding_one();
        let events = [
            event(Call::Revoke(ID), Answer::Revoked(Revoked::Done), 0, 1),
            event(Call::Load(ID), Answer::Loaded(state.load(ID)), 2, 3),
        ];
        assert!(!is_explained(&state, &events));
    }

    #[test]
    fn a_session_that_was_seen_gone_does_not_come_back() {
        let state = holding_one();
        let events = [
            event(Call::Revoke(ID), Answer::Revoked(Revoked::Done), 0, 9),
            event(Call::Load(ID), Answer::Loaded(None), 1, 2),
            event(Call::LoadNow(ID), Answer::Loaded(state.load(ID)), 3, 4),
        ];
        assert!(!is_explained(&state, &events));
    }

    #[test]
    fn no_events_need_no_explanation() {
        assert!(is_explained(&State::default(), &[]));
    }
}
