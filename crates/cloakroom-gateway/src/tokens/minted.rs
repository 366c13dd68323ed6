//! Tokens that were minted a moment ago and are handed out again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloakroom::{SessionId, Timestamp, minutes};
use cloakroom_jwt::{Audience, KeyId};
use http::HeaderValue;

/// How long a token is handed out again at most: an application gets one with four minutes left of five.
const REUSE: Duration = minutes(1);

/// How many sessions have tokens here, in each of two generations: some tens of megabytes.
const SESSIONS_MAX: usize = 20_000;

/// What a token is for, and what in it may change while its session goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) session: SessionId,
    pub(super) audience: &'a Audience,
    pub(super) key: &'a KeyId,
    pub(super) proven_at: Timestamp,
    /// How often what is known of the user has changed.
    pub(super) profile_version: i64,
}

/// Tokens by session.
///
/// They are kept in two generations of a minute, so that what is not asked for any more goes without a search for it.
#[derive(Debug)]
pub(super) struct Minted(Mutex<Generations>);

#[derive(Debug)]
struct Generations {
    young: HashMap<SessionId, Vec<Token>>,
    old: HashMap<SessionId, Vec<Token>>,
    begun_at: Timestamp,
}

#[derive(Debug)]
struct Token {
    audience: Audience,
    key: KeyId,
    proven_at: Timestamp,
    profile_version: i64,
    reused_until: Timestamp,
    value: HeaderValue,
}

impl Minted {
    pub(super) fn new(now: Timestamp) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new(), begun_at: now };
        Self(Mutex::new(generations))
    }

    /// A token that says what a new one would say.
    pub(super) fn find(&self, wanted: &Wanted<'_>, now: Timestamp) -> Option<HeaderValue> {
        let generations = self.lock();
        let tokens = |all: &'_ HashMap<SessionId, Vec<Token>>| {
            let tokens = all.get(&wanted.session)?;
            tokens.iter().find(|token| token.is(wanted, now)).map(|token| token.value.clone())
        };
        tokens(&generations.young).or_else(|| tokens(&generations.old))
    }

    /// Keeps a token that ends at `expires_at`, until half of its life is over at the latest.
    pub(super) fn keep(
        &self,
        wanted: &Wanted<'_>,
        value: HeaderValue,
        expires_at: Timestamp,
        now: Timestamp,
    ) {
        let mut generations = self.lock();
        if generations.begun_at.after(REUSE) <= now || generations.young.len() >= SESSIONS_MAX {
            generations.old = std::mem::take(&mut generations.young);
            generations.begun_at = now;
        }
        let tokens = generations.young.entry(wanted.session).or_default();
        tokens.retain(|token| token.audience != *wanted.audience);
        tokens.push(Token {
            audience: wanted.audience.clone(),
            key: wanted.key.clone(),
            proven_at: wanted.proven_at,
            profile_version: wanted.profile_version,
            reused_until: now.after(REUSE.min(expires_at.since(now) / 2)),
            value,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Token {
    fn is(&self, wanted: &Wanted<'_>, now: Timestamp) -> bool {
        now < self.reused_until
            && self.audience == *wanted.audience
            && self.key == *wanted.key
            && self.proven_at == wanted.proven_at
            && self.profile_version == wanted.profile_version
    }
}

#[cfg(test)]
mod tests {
    use cloakroom::{Entropy, EntropyError, seconds};
    use cloakroom_jwt::{Algorithm, SigningKey};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const FIVE_MINUTES: Timestamp = Timestamp::from_millis(1_800_000_300_000);

    struct Drawn(u8);

    impl Entropy for Drawn {
        fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
            (self.0..).zip(octets).for_each(|(n, octet)| *octet = n.wrapping_mul(n).wrapping_mul(131) ^ 0xa5);
            Ok(())
        }
    }

    fn key(seed: u8) -> KeyId {
        SigningKey::generate(Algorithm::EdDsa, &Drawn(seed)).unwrap().id().clone()
    }

    #[test]
    fn a_token_is_handed_out_again_for_a_minute_and_for_half_of_its_life() {
        let (audience, key) = (Audience::new("https://app.example").unwrap(), key(1));
        let session = SessionId::from_octets([1; 16]);
        let wanted = Wanted { session, audience: &audience, key: &key, proven_at: NOW, profile_version: 3 };
        for (expires_at, reused) in [(FIVE_MINUTES, seconds(60)), (NOW.after(seconds(10)), seconds(5))] {
            let minted = Minted::new(NOW);
            assert_eq!(minted.find(&wanted, NOW), None);
            minted.keep(&wanted, HeaderValue::from_static("a.b.c"), expires_at, NOW);
            let last = NOW.after(reused).before(Duration::from_millis(1));
            assert!(minted.find(&wanted, last).is_some());
            assert_eq!(minted.find(&wanted, NOW.after(reused)), None);
        }
    }

    #[test]
    fn a_token_is_nobody_elses_and_says_nothing_that_is_not_so_any_more() {
        let (audience, key_so_far) = (Audience::new("https://app.example").unwrap(), key(1));
        let session = SessionId::from_octets([1; 16]);
        let wanted =
            Wanted { session, audience: &audience, key: &key_so_far, proven_at: NOW, profile_version: 3 };
        let minted = Minted::new(NOW);
        minted.keep(&wanted, HeaderValue::from_static("a.b.c"), FIVE_MINUTES, NOW);
        let (other_audience, other_key) = (Audience::new("https://other.example").unwrap(), key(2));
        for other in [
            Wanted { session: SessionId::from_octets([2; 16]), ..wanted },
            Wanted { audience: &other_audience, ..wanted },
            Wanted { key: &other_key, ..wanted },
            Wanted { proven_at: NOW.after(seconds(1)), ..wanted },
            Wanted { profile_version: 4, ..wanted },
        ] {
            assert_eq!(minted.find(&other, NOW), None, "{other:?}");
        }
        assert!(minted.find(&wanted, NOW).is_some());
    }

    #[test]
    fn what_nobody_asks_for_is_gone_after_two_minutes() {
        let (audience, key) = (Audience::new("https://app.example").unwrap(), key(1));
        let minted = Minted::new(NOW);
        for second in 0..600 {
            let session = SessionId::from_octets(u128::from(second).to_be_bytes());
            let wanted =
                Wanted { session, audience: &audience, key: &key, proven_at: NOW, profile_version: 0 };
            let now = NOW.after(Duration::from_secs(second));
            minted.keep(&wanted, HeaderValue::from_static("a.b.c"), now.after(minutes(5)), now);
            assert!(minted.find(&wanted, now).is_some());
            let generations = minted.lock();
            assert!(generations.young.len() + generations.old.len() <= 120);
        }
    }
}
