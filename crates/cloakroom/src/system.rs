//! The operating system's clock and randomness: the only place that reads them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloakroom_core::{Clock, Entropy, EntropyError, Timestamp};

/// The wall clock, made to never go back.
///
/// Time runs by the monotonic clock, which on Linux counts what a machine has slept, from the latest wall time that was ever
/// seen. Once a second of use the wall clock is looked at: when it is ahead, time jumps forward with it; when it has been
/// set back, it is ignored, so that no expired session comes back to life.
#[derive(Debug)]
pub struct SystemClock {
    start: Duration,
    /// Wall time minus monotonic time, in milliseconds: the largest difference that was ever seen.
    ahead_ms: AtomicU64,
    looked_at_ms: AtomicU64,
}

const LOOK_EVERY_MS: u64 = 1000;

impl SystemClock {
    /// A clock that starts at the wall clock's time.
    pub fn new() -> Self {
        Self { start: uptime(), ahead_ms: AtomicU64::new(wall_ms()), looked_at_ms: AtomicU64::new(0) }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let elapsed = uptime().saturating_sub(self.start);
        let elapsed_ms = elapsed.as_secs() * 1000 + u64::from(elapsed.subsec_millis());
        let ahead_ms = if elapsed_ms.saturating_sub(self.looked_at_ms.load(Ordering::Relaxed)) < LOOK_EVERY_MS
        {
            self.ahead_ms.load(Ordering::Relaxed)
        } else {
            self.looked_at_ms.store(elapsed_ms, Ordering::Relaxed);
            let ahead_ms = wall_ms().saturating_sub(elapsed_ms);
            self.ahead_ms.fetch_max(ahead_ms, Ordering::Relaxed).max(ahead_ms)
        };
        Timestamp::from_millis(ahead_ms + elapsed_ms)
    }
}

/// How long the machine has been up, the time included that it slept.
#[cfg(target_os = "linux")]
fn uptime() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

/// How long this process has been up.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn uptime() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn wall_ms() -> u64 {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    wall.as_secs() * 1000 + u64::from(wall.subsec_millis())
}

/// The operating system's CSPRNG.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random octets")]
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(octets).map_err(|_| EntropyError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_starts_at_the_wall_clock_and_never_goes_back() {
        let clock = SystemClock::new();
        let first = clock.now();
        assert!(first.as_millis().abs_diff(wall_ms()) < 5000);
        assert!(clock.now() >= first);
    }

    #[test]
    fn behaviour_24_a_wall_clock_that_was_ahead_once_is_never_followed_back() {
        let clock = SystemClock::new();
        let hour_ms = 3_600_000;
        clock.ahead_ms.fetch_add(hour_ms, Ordering::Relaxed);
        let ahead = clock.now();
        clock.looked_at_ms.store(0, Ordering::Relaxed);
        assert!(clock.now() >= ahead, "the wall clock is an hour behind now");
    }

    #[test]
    fn random_octets_differ() {
        let mut drawn = [[0; 32]; 2];
        for octets in &mut drawn {
            OsEntropy.fill(octets).unwrap();
        }
        assert_ne!(drawn[0], drawn[1]);
    }
}
