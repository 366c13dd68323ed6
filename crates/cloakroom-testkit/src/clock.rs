//! Time that moves when a test says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloakroom_core::Timestamp;

/// A clock with two hands: a wall clock that can be set back, and a monotonic one that cannot.
///
/// [`ManualClock::now`] follows the monotonic hand, as a clock for sessions must: a wall clock that is set back
/// neither revives what has expired nor makes anything live longer. A clone shows the same time.
///
/// ```
/// use std::time::Duration;
/// use cloakroom_core::Timestamp;
/// use cloakroom_testkit::clock::ManualClock;
///
/// let clock = ManualClock::starting_at(Timestamp::from_millis(1_000));
/// clock.advance(Duration::from_millis(50));
/// clock.set_wall_back(Duration::from_millis(700));
/// assert_eq!(clock.now(), Timestamp::from_millis(1_050));
/// assert_eq!(clock.wall(), Timestamp::from_millis(350));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: Timestamp,
    hands: Arc<Mutex<Hands>>,
}

#[derive(Debug)]
struct Hands {
    wall: Timestamp,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that stands at this moment.
    pub fn starting_at(start: Timestamp) -> Self {
        let hands = Hands { wall: start, elapsed: Duration::ZERO };
        Self { start, hands: Arc::new(Mutex::new(hands)) }
    }

    /// What time it is; never earlier than any answer before.
    pub fn now(&self) -> Timestamp {
        self.start.after(self.elapsed())
    }

    /// How far the monotonic hand has moved since the start.
    pub fn elapsed(&self) -> Duration {
        self.with(|hands| hands.elapsed)
    }

    /// What the wall clock shows.
    pub fn wall(&self) -> Timestamp {
        self.with(|hands| hands.wall)
    }

    /// Lets time pass, on both hands.
    pub fn advance(&self, span: Duration) {
        self.with(|hands| {
            hands.wall = hands.wall.after(span);
            hands.elapsed = hands.elapsed.saturating_add(span);
        });
    }

    /// Sets the wall clock back, as an operator or a time server does; the monotonic hand stands still.
    pub fn set_wall_back(&self, span: Duration) {
        self.with(|hands| hands.wall = hands.wall.before(span));
    }

    fn with<T>(&self, step: impl FnOnce(&mut Hands) -> T) -> T {
        step(&mut self.hands.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl cloakroom_core::Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_as_before_on_a_wall_clock_that_was_set_back() {
        let clock = ManualClock::starting_at(Timestamp::from_millis(10_000));
        clock.set_wall_back(Duration::from_mins(1));
        assert_eq!(clock.wall(), Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::from_millis(10_000));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::from_millis(11_000));
        assert_eq!(clock.elapsed(), Duration::from_secs(1));
    }

    #[test]
    fn a_clone_shows_the_same_time() {
        let clock = ManualClock::starting_at(Timestamp::EPOCH);
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Timestamp::from_millis(5_000));
    }
}
