//! Other origins that see a session: by which name, for how long, and how one takes it over from the origin of the sign-in.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::time::{Timestamp, seconds};
use crate::token::SecretDigest;

/// An origin that sees sessions which were signed in elsewhere, such as an application beside a sign-in host.
///
/// Each gets a token of its own for a session. It is worth nothing at any other origin, the sign-in's included, and it ends with the
/// session: there is one row, and every token of it dies when that is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Audience([u8; Self::LEN]);

impl Audience {
    /// Octets that an audience is known by in a record.
    pub const LEN: usize = 16;

    /// The audience of this origin, as browsers write it: `https://wiki.example.org`.
    pub fn of(origin: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"cloakroom: audience\0").chain_update(origin).finalize();
        let mut octets = [0; Self::LEN];
        octets.copy_from_slice(&digest[..Self::LEN]);
        Self(octets)
    }

    pub(crate) const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(octets)
    }

    pub(crate) const fn as_octets(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Which of a session's tokens are good at an audience's origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AudienceTokens {
    /// Those that the audience was given by a hand-over, and no others.
    #[default]
    ItsOwn,
    /// Those of the session itself: the browser sends one cookie to the sign-in's origin and to the audience's.
    TheSessions,
}

/// An audience as the sessions that it sees are judged by: whose tokens are good there, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudienceRules {
    /// Which audience.
    pub audience: Audience,
    /// Whose tokens.
    pub tokens: AudienceTokens,
    /// Limits of its own.
    pub limits: AudienceLimits,
}

/// An audience with tokens of its own, for as long as the session lives.
impl From<Audience> for AudienceRules {
    fn from(audience: Audience) -> Self {
        Self { audience, tokens: AudienceTokens::default(), limits: AudienceLimits::default() }
    }
}

impl AudienceRules {
    /// The same with limits of its own.
    #[must_use]
    pub const fn within(self, limits: AudienceLimits) -> Self {
        Self { audience: self.audience, tokens: self.tokens, limits }
    }

    /// The same by these tokens.
    #[must_use]
    pub const fn by(self, tokens: AudienceTokens) -> Self {
        Self { audience: self.audience, tokens, limits: self.limits }
    }
}

/// How long an audience sees a session after somebody last used it there, or last proved who they are.
///
/// The session itself lives on: at other origins nothing changes, and a new proof of who the user is opens it here again. A session that has not
/// been used at this audience yet counts from the proof. A limit that is longer than the session's own never acts.
///
/// ```
/// use cloakroom_core::{AudienceLimits, hours, minutes};
/// const PAYROLL: AudienceLimits = AudienceLimits::none().idle(minutes(15)).absolute(hours(8));
/// ```
/// Source: NIST SP 800-63B-4 5.2, which sets limits by what a session opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AudienceLimits {
    idle: Option<Duration>,
    absolute: Option<Duration>,
}

impl AudienceLimits {
    /// As long as the session lives.
    pub const fn none() -> Self {
        Self { idle: None, absolute: None }
    }

    /// For this long without a use there. Uses are written down at most once a minute, or every tenth of a time below ten minutes, so that it
    /// is this long at least, and at most that much longer.
    #[must_use]
    pub const fn idle(self, idle: Duration) -> Self {
        Self { idle: Some(idle), absolute: self.absolute }
    }

    /// For this long after the last proof of who the user is.
    #[must_use]
    pub const fn absolute(self, absolute: Duration) -> Self {
        Self { idle: self.idle, absolute: Some(absolute) }
    }

    /// When a session that was last used there and last proven then is seen no more, and whether that is since nobody used it.
    pub(crate) fn end(&self, used_at: Option<Timestamp>, proven_at: Timestamp) -> Option<(Timestamp, bool)> {
        let since = used_at.map_or(proven_at, |used_at| used_at.max(proven_at));
        let idle = self.idle.map(|idle| (since.after(idle).after(touch_window(idle)), true));
        let absolute = self.absolute.map(|absolute| (proven_at.after(absolute), false));
        idle.into_iter().chain(absolute).min()
    }

    /// Whether a use at `now` has to be written down.
    pub(crate) fn touch_is_due(
        &self,
        used_at: Option<Timestamp>,
        proven_at: Timestamp,
        now: Timestamp,
    ) -> bool {
        let since = used_at.map_or(proven_at, |used_at| used_at.max(proven_at));
        self.idle.is_some_and(|idle| now > since && now.since(since) >= touch_window(idle))
    }
}

fn touch_window(idle: Duration) -> Duration {
    (idle / 10).min(seconds(60))
}

/// What binds a hand-over to one browser: the digest of a secret that it holds at the audience's origin.
///
/// Source: the same idea as RFC 7636, "Proof Key for Code Exchange", with the browser's cookie as the verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(SecretDigest);

impl Challenge {
    /// Octets of a challenge.
    pub const LEN: usize = SecretDigest::LEN;

    /// The challenge of what the browser holds.
    pub fn of_verifier(verifier: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix(b"cloakroom: challenge\0").chain_update(verifier).finalize();
        Self::from_octets(digest.into())
    }

    /// A challenge as a URL carries it.
    pub const fn from_octets(octets: [u8; Self::LEN]) -> Self {
        Self(SecretDigest::from_octets(octets))
    }

    /// The octets, for a URL.
    pub const fn as_octets(&self) -> &[u8; Self::LEN] {
        self.0.as_octets()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{hours, minutes};

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn an_audiences_limit_counts_from_its_last_use_or_the_last_proof_whichever_is_later() {
        let limits = AudienceLimits::none().idle(minutes(20)).absolute(hours(1));
        let end = |used, proven: u64| {
            let at = |minute| START.after(minutes(minute));
            let end = limits.end((used > 0).then(|| at(used)), at(proven)).unwrap();
            (end.0.since(START), end.1)
        };
        assert_eq!(end(0, 0), (minutes(21), true));
        assert_eq!(end(10, 0), (minutes(31), true));
        assert_eq!(end(10, 30), (minutes(51), true));
        assert_eq!(end(50, 0), (minutes(60), false), "the absolute limit");
        assert_eq!(AudienceLimits::none().end(Some(START), START), None);
    }

    #[test]
    fn a_use_is_written_down_once_in_a_window() {
        let limits = AudienceLimits::none().idle(minutes(5));
        let due = |second| limits.touch_is_due(Some(START), START, START.after(seconds(second)));
        assert!(!due(0) && !due(29) && due(30));
        assert!(!AudienceLimits::none().absolute(hours(1)).touch_is_due(None, START, START.after(hours(2))));
    }
}
