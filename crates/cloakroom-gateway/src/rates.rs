//! How often the API may be called, by a key and from a place.
//!
//! Each is a budget that fills up again steadily. They lie in a table of fixed size, in which keys and places share cells by a keyed hash, so
//! that nobody fills it and few share one. It is this process's own: ten instances take ten times as many.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cloakroom::Timestamp;

/// How much may be asked for: so many at once, and one more after each interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// What it is called in header fields.
    pub(crate) name: &'static str,
    /// How many at once.
    pub(crate) at_once: u32,
    /// After how long there is another.
    pub(crate) interval: Duration,
}

/// A key: a thousand a second, which is a busy application's every request.
pub(crate) const OF_A_KEY: Budget = Budget { name: "key", at_once: 2000, interval: Duration::from_millis(1) };

/// A place without a good key: fifty a second, behind which may be an office of browsers.
pub(crate) const OF_A_PLACE: Budget =
    Budget { name: "address", at_once: 500, interval: Duration::from_millis(20) };

const CELLS: usize = 1 << 14;

/// What was spent.
pub(crate) struct Rates {
    /// When each budget is full again, in milliseconds.
    cells: Box<[AtomicU64]>,
    hasher: RandomState,
}

/// A budget is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Which.
    pub(crate) budget: Budget,
    /// After how long there is something again.
    pub(crate) wait: Duration,
}

impl Default for Rates {
    fn default() -> Self {
        Self { cells: (0..CELLS).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }
}

impl std::fmt::Debug for Rates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rates").finish_non_exhaustive()
    }
}

impl Rates {
    /// Takes one from the budget of whoever this is.
    ///
    /// # Errors
    /// [`Spent`], and nothing is taken.
    pub(crate) fn take(&self, budget: Budget, who: impl Hash, now: Timestamp) -> Result<(), Spent> {
        let interval = millis(budget.interval);
        let room = interval * u64::from(budget.at_once);
        let place = self.hasher.hash_one((budget.name, who)) % CELLS as u64;
        let cell = &self.cells[usize::try_from(place).unwrap_or_default()];
        let mut full_at = cell.load(Ordering::Relaxed);
        loop {
            let next = full_at.max(now.as_millis()) + interval;
            if next > now.as_millis() + room {
                let wait = Duration::from_millis(next - now.as_millis() - room);
                return Err(Spent { budget, wait });
            }
            match cell.compare_exchange_weak(full_at, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(other) => full_at = other,
            }
        }
    }

    /// The same for an address: an IPv4 address, or the network of 56 bits that one subscriber has.
    pub(crate) fn take_at(&self, client: IpAddr, now: Timestamp) -> Result<(), Spent> {
        let network = match client.to_canonical() {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits() >> 72 << 72,
        };
        self.take(OF_A_PLACE, network, now)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn a_budget_is_spent_and_fills_up_again() {
        let rates = Rates::default();
        let after = |ms| NOW.after(Duration::from_millis(ms));
        for _ in 0..OF_A_PLACE.at_once {
            rates.take(OF_A_PLACE, 1, NOW).unwrap();
        }
        let spent = rates.take(OF_A_PLACE, 1, NOW).unwrap_err();
        assert_eq!((spent.budget, spent.wait), (OF_A_PLACE, Duration::from_millis(20)));
        assert!(rates.take(OF_A_PLACE, 1, after(19)).is_err());
        assert!(rates.take(OF_A_PLACE, 1, after(20)).is_ok());
        assert!(rates.take(OF_A_PLACE, 1, after(20)).is_err());
        assert!(rates.take(OF_A_KEY, 1, NOW).is_ok(), "a key has a budget of its own");
    }

    #[test]
    fn one_subscriber_has_one_budget() {
        let rates = Rates::default();
        for host in 0..OF_A_PLACE.at_once {
            let address = format!("2001:db8:0:7::{host:x}").parse().unwrap();
            rates.take_at(address, NOW).unwrap();
        }
        assert!(rates.take_at("2001:db8::1".parse().unwrap(), NOW).is_err());
        assert!(rates.take_at("::ffff:192.0.2.1".parse().unwrap(), NOW).is_ok());
    }
}
