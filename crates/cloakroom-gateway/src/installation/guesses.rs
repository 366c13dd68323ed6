//! How many wrong passwords are taken, for one name from one place and from one place in all.
//!
//! Nobody is locked out by others: a name has an allowance for each place that somebody tries it from, so whoever guesses at a user from
//! elsewhere uses up their own. And nobody fills it: the counts lie in a table of fixed size, in which names and places share cells by a
//! keyed hash. What is counted is a password that was checked and wrong, and so few can be checked in a second that the table stays nearly empty.
//!
//! It is this process's own: ten instances take ten times as many. Source: NIST SP 800-63B-4, "Rate Limiting"; Authelia CVE-2026-47203, for names
//! being compared in one spelling.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloakroom::{Timestamp, seconds};

use crate::accounts::UserName;

/// Wrong passwords for one name from one place: so many at once, then one more in each interval.
const FOR_A_NAME: Allowance = Allowance { at_once: 20, interval: seconds(30) };

/// Wrong passwords for any names from one place.
const FROM_A_PLACE: Allowance = Allowance { at_once: 200, interval: seconds(5) };

/// Cells of each row; a hash of 64 bits names one in each of the four rows.
const CELLS: usize = 1 << 16;
const ROWS: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Allowance {
    at_once: u32,
    interval: Duration,
}

/// An attempt to prove who one is by a password.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    /// The name in the spelling that is compared.
    name: String,
    place: Place,
}

/// Where guesses come from: an IPv4 address, or what one customer of a provider has of IPv6 at least, a network of 56 bits.
///
/// This machine is none: where no proxy is declared that everybody comes through, it stands for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Address(u32),
    Network(u128),
    ThisMachine,
}

impl Guess {
    /// How long somebody waits at least whose guess was one too many.
    pub(super) const WAIT_MIN: Duration = FROM_A_PLACE.interval;

    /// A guess at a user's password from this address.
    pub(crate) fn new(name: &str, client: IpAddr) -> Self {
        let canonical = name.parse::<UserName>().map(|name| name.canonical().to_owned());
        // What is no name is nobody's, and counts as one.
        Self { name: canonical.unwrap_or_default(), place: Place::of(client) }
    }
}

impl Place {
    fn of(client: IpAddr) -> Self {
        match client.to_canonical() {
            client if client.is_loopback() => Self::ThisMachine,
            IpAddr::V4(address) => Self::Address(address.to_bits()),
            IpAddr::V6(address) => Self::Network(address.to_bits() >> 72),
        }
    }
}

/// The counts. A cell holds the moment at which what was counted in it is forgotten, in milliseconds.
///
/// One lock for all: a password takes ten thousand times as long to check.
pub(crate) struct Guesses {
    cells: Mutex<Vec<u64>>,
    hasher: RandomState,
}

impl std::fmt::Debug for Guesses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guesses").finish_non_exhaustive()
    }
}

impl Default for Guesses {
    fn default() -> Self {
        // Two megabytes that the system gives zeroed, and only where somebody has guessed.
        Self { cells: Mutex::new(vec![0; CELLS * ROWS]), hasher: RandomState::new() }
    }
}

impl Guesses {
    /// How long somebody has to wait before another password is checked; `None` when it may be now.
    pub(crate) fn wait(&self, guess: &Guess, now: Timestamp) -> Option<Duration> {
        let cells = self.cells();
        let waits = self.counts(guess).map(|(hash, allowance)| {
            let forgotten = cells_of(hash).map(|at| cells[at]).min().unwrap_or(0);
            let owed = Duration::from_millis(forgotten.saturating_sub(now.as_millis()));
            owed.saturating_sub(allowance.interval * (allowance.at_once - 1))
        });
        waits.into_iter().max().filter(|wait| !wait.is_zero())
    }

    /// A password was wrong.
    pub(crate) fn was_wrong(&self, guess: &Guess, now: Timestamp) {
        let mut cells = self.cells();
        for (hash, allowance) in self.counts(guess) {
            let forgotten = cells_of(hash).map(|at| cells[at]).min().unwrap_or(0);
            let interval = u64::try_from(allowance.interval.as_millis()).unwrap_or(u64::MAX);
            let forgotten = forgotten.max(now.as_millis()).saturating_add(interval);
            for at in cells_of(hash) {
                cells[at] = cells[at].max(forgotten);
            }
        }
    }

    fn counts(&self, guess: &Guess) -> [(u64, Allowance); 2] {
        let of_place = match guess.place {
            // Everybody may be behind it.
            Place::ThisMachine => Allowance { at_once: u32::MAX, interval: Duration::ZERO },
            Place::Address(_) | Place::Network(_) => FROM_A_PLACE,
        };
        [
            (self.hasher.hash_one((&guess.name, guess.place)), FOR_A_NAME),
            (self.hasher.hash_one(guess.place), of_place),
        ]
    }

    fn cells(&self) -> MutexGuard<'_, Vec<u64>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The places of one cell of each row.
fn cells_of(hash: u64) -> impl Iterator<Item = usize> {
    let places = hash.to_be_bytes();
    (0..ROWS).map(move |row| {
        let place = usize::from(u16::from_be_bytes([places[2 * row], places[2 * row + 1]]));
        row * CELLS + place
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn at(after: u64) -> Timestamp {
        NOW.after(seconds(after))
    }

    fn guess(name: &str, client: &str) -> Guess {
        Guess::new(name, client.parse().unwrap())
    }

    fn wrong(guesses: &Guesses, guess: &Guess, times: u32) {
        for _ in 0..times {
            guesses.was_wrong(guess, NOW);
        }
    }

    #[test]
    fn behaviour_40_guesses_at_a_name_run_out_and_come_back_with_time() {
        let (guesses, mallory) = (Guesses::default(), guess("alice", "203.0.113.1"));
        wrong(&guesses, &mallory, 19);
        assert_eq!(guesses.wait(&mallory, NOW), None);
        wrong(&guesses, &mallory, 1);
        assert_eq!(guesses.wait(&mallory, NOW), Some(seconds(30)));
        assert!(guesses.wait(&guess("ALICE", "203.0.113.1"), NOW).is_some(), "one name in any spelling");
        assert_eq!(guesses.wait(&mallory, at(29)), Some(seconds(1)));
        assert_eq!(guesses.wait(&mallory, at(30)), None);
        guesses.was_wrong(&mallory, at(30));
        assert_eq!(guesses.wait(&mallory, at(30)), Some(seconds(30)), "one in each interval");
        assert_eq!(guesses.wait(&mallory, at(3600)), None);
    }

    #[test]
    fn behaviour_40_an_attacker_elsewhere_locks_nobody_out() {
        let guesses = Guesses::default();
        for host in 0..=255 {
            wrong(&guesses, &guess("alice", &format!("203.0.113.{host}")), 30);
        }
        assert_eq!(guesses.wait(&guess("alice", "198.51.100.7"), NOW), None);
        assert_eq!(guesses.wait(&guess("bob", "203.0.113.1"), NOW), None, "nor another user from there");
    }

    #[test]
    fn one_place_tries_a_bounded_number_of_names() {
        let guesses = Guesses::default();
        for name in 0..200 {
            wrong(&guesses, &guess(&format!("user{name}"), "2001:db8:1:200::1"), 1);
        }
        let same_customer = guess("alice", "2001:db8:1:2ff:9::5");
        assert_eq!(guesses.wait(&same_customer, NOW), Some(seconds(5)));
        assert_eq!(guesses.wait(&guess("alice", "2001:db8:1:300::1"), NOW), None);
        for name in 0..1000 {
            wrong(&guesses, &guess(&format!("user{name}"), "127.0.0.1"), 1);
        }
        assert_eq!(
            guesses.wait(&guess("alice", "::ffff:127.0.0.1"), NOW),
            None,
            "everybody may be behind it"
        );
    }

    #[test]
    fn behaviour_40_a_flood_from_everywhere_leaves_a_stranger_to_it_unharmed() {
        let guesses = Guesses::default();
        // More than this machine could check in an hour.
        for place in 0..100_000_u32 {
            let client = IpAddr::V4((0x0b00_0000 + place).into());
            guesses.was_wrong(&Guess::new(&format!("user{place}"), client), NOW);
        }
        let harmed = (0..1000).filter(|host| {
            let client = IpAddr::V4((0xc000_0000_u32 + host).into());
            guesses.wait(&Guess::new("alice", client), NOW).is_some()
        });
        assert_eq!(harmed.count(), 0);
    }
}
