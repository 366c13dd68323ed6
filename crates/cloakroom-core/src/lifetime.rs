//! How long a session lives, and when its token is renewed.

use std::time::Duration;

use thiserror::Error;

use crate::time::{Timestamp, as_millis, hours, minutes, seconds};

/// The limits of a session: idle, absolute, and how often activity is written down.
///
/// - *Idle timeout*: how long a session lives without a request.
/// - *Absolute timeout*: how long it lives after the last proof of who the user is, however busy it is.
/// - *Touch window*: activity is written at most this often. A session therefore lives at least the idle
///   timeout, and at most the idle timeout plus one touch window, after its last request.
///
/// A limit that is reached exactly is expired. All three are counted in whole milliseconds.
///
/// ```
/// use cloakroom_core::{Lifetime, hours, minutes};
/// const LIFETIME: Lifetime = Lifetime::idle_absolute(minutes(30), hours(12));
/// ```
/// An idle timeout that is not below the absolute one does not compile in a const:
/// ```compile_fail
/// use cloakroom_core::{Lifetime, hours, minutes};
/// const LIFETIME: Lifetime = Lifetime::idle_absolute(hours(12), minutes(30));
/// ```
/// Source: ASVS 5.0 7.1.1, 7.3.1, 7.3.2; NIST SP 800-63B-4 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    idle: Duration,
    absolute: Duration,
    touch_window: Duration,
}

/// 30 minutes idle and 12 hours in all, within NIST's AAL2 (1 and 24 hours) and short enough for a desk in an
/// office; activity is written at most once a minute.
impl Default for Lifetime {
    fn default() -> Self {
        Self::idle_absolute(minutes(30), hours(12))
    }
}

impl Lifetime {
    /// Limits known when the program is written.
    ///
    /// The touch window is one minute, or a tenth of an idle timeout shorter than ten minutes.
    ///
    /// # Panics
    /// When `idle` is zero or not below `absolute`; in a const that is a compile error. Limits that come from
    /// configuration go through [`Lifetime::try_new`].
    pub const fn idle_absolute(idle: Duration, absolute: Duration) -> Self {
        let tenth = Duration::from_millis(as_millis(idle) / 10);
        let touch_window = if as_millis(tenth) < as_millis(seconds(60)) { tenth } else { seconds(60) };
        match Self::try_new(idle, absolute, touch_window) {
            Ok(lifetime) => lifetime,
            Err(_) => panic!("the idle timeout is above zero and below the absolute timeout"),
        }
    }

    /// Limits from configuration.
    ///
    /// # Errors
    /// [`InvalidLifetime`] says which limit is wrong.
    pub const fn try_new(
        idle: Duration,
        absolute: Duration,
        touch_window: Duration,
    ) -> Result<Self, InvalidLifetime> {
        if as_millis(idle) == 0 {
            return Err(InvalidLifetime::NoIdle);
        }
        if as_millis(idle) >= as_millis(absolute) {
            return Err(InvalidLifetime::IdleNotBelowAbsolute);
        }
        Ok(Self { idle, absolute, touch_window })
    }

    /// The same limits with another touch window; zero writes on every read.
    #[must_use]
    pub const fn with_touch_window(self, touch_window: Duration) -> Self {
        Self { idle: self.idle, absolute: self.absolute, touch_window }
    }

    /// The idle timeout.
    pub const fn idle(&self) -> Duration {
        self.idle
    }

    /// The absolute timeout.
    pub const fn absolute(&self) -> Duration {
        self.absolute
    }

    /// The touch window.
    pub const fn touch_window(&self) -> Duration {
        self.touch_window
    }

    /// When a session ends that was last seen and last proven then, if nothing more is sent.
    pub const fn end(&self, last_seen_at: Timestamp, proven_at: Timestamp) -> Timestamp {
        let idle_end = last_seen_at.after(self.idle).after(self.touch_window);
        let absolute_end = self.absolute_end(proven_at);
        if idle_end.as_millis() < absolute_end.as_millis() { idle_end } else { absolute_end }
    }

    /// When the absolute timeout ends a session whose user last proved who they are then.
    pub const fn absolute_end(&self, proven_at: Timestamp) -> Timestamp {
        proven_at.after(self.absolute)
    }

    /// Whether activity at `now` has to be written down.
    pub const fn touch_is_due(&self, last_seen_at: Timestamp, now: Timestamp) -> bool {
        now.as_millis() > last_seen_at.as_millis()
            && as_millis(now.since(last_seen_at)) >= as_millis(self.touch_window)
    }
}

/// Why a set of limits is no [`Lifetime`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidLifetime {
    /// The idle timeout is zero.
    #[error("the idle timeout is at least one millisecond")]
    NoIdle,
    /// The idle timeout would never act.
    #[error("the idle timeout is below the absolute timeout")]
    IdleNotBelowAbsolute,
}

/// When a session gets a new token without the user doing anything.
///
/// A renewed token is *pending* until a request presents it; from then on the old one is good for the grace, so
/// that requests in flight succeed and a lost answer locks nobody out. Both spans are counted in whole milliseconds.
///
/// Source: OWASP Session Management, "Renewal Timeout".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    period: Option<Duration>,
    grace: Duration,
}

/// No periodic renewal; 30 seconds of grace for a renewal on demand.
impl Default for Renewal {
    fn default() -> Self {
        Self::on_demand()
    }
}

impl Renewal {
    /// Only when the application asks; 30 seconds of grace.
    pub const fn on_demand() -> Self {
        Self { period: None, grace: seconds(30) }
    }

    /// A new token once the current one is `period` old; 30 seconds of grace.
    pub const fn every(period: Duration) -> Self {
        Self { period: Some(period), grace: seconds(30) }
    }

    /// The same with another grace.
    ///
    /// It should exceed the time that a request or an answer may be under way. A request with the old token that takes
    /// longer to arrive looks like theft, and an answer that takes longer may put a dead token into the browser's jar.
    /// With zero, requests in parallel may each be given a token.
    #[must_use]
    pub const fn with_grace(self, grace: Duration) -> Self {
        Self { period: self.period, grace }
    }

    /// How old a token gets before it is renewed; `None` for never.
    pub const fn period(&self) -> Option<Duration> {
        self.period
    }

    /// How long an old token is good after the new one has been presented.
    pub const fn grace(&self) -> Duration {
        self.grace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn limits_that_could_not_act_are_refused() {
        assert_eq!(Lifetime::try_new(Duration::ZERO, MS, MS), Err(InvalidLifetime::NoIdle));
        assert_eq!(Lifetime::try_new(MS, MS, MS), Err(InvalidLifetime::IdleNotBelowAbsolute));
    }

    #[test]
    fn lif_03_the_defaults_are_within_aal2() {
        let lifetime = Lifetime::default();
        assert!(lifetime.idle() <= hours(1) && lifetime.absolute() <= hours(24));
    }

    #[test]
    fn lif_11_a_session_ends_at_most_one_touch_window_late_and_never_early() {
        let lifetime = Lifetime::try_new(seconds(600), hours(12), seconds(30)).unwrap();
        let start = Timestamp::from_millis(1_000_000);
        assert!(!lifetime.touch_is_due(start, start.after(29 * 1000 * MS)));
        assert!(lifetime.touch_is_due(start, start.after(seconds(30))));
        assert_eq!(lifetime.end(start, start), start.after(seconds(630)));
    }

    #[test]
    fn lif_02_the_absolute_limit_holds_however_busy_the_session_is() {
        let lifetime = Lifetime::idle_absolute(minutes(10), hours(1));
        let start = Timestamp::from_millis(0);
        assert_eq!(lifetime.end(start.after(minutes(59)), start), start.after(hours(1)));
    }
}
