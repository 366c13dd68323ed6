//! The ring of keys: which one signs, which ones are published, and how one takes over from another.

use std::time::Duration;

use cloakroom_core::{Timestamp, seconds};
use serde::Serialize;
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::limits::{LEEWAY_MAX, TOKEN_LIFETIME_MAX};
use crate::public_key::{KeyId, PublicJwk};
use crate::signing_key::SigningKey;

/// The keys of an issuer, of one algorithm: one signs, the next is announced, the last is still believed.
///
/// ```text
///              rotate                takes over                       withdrawn
/// old key   signs --------------------->| published only ----------------->|
/// new key     | published only -------->| signs --------------------------------->
///             |<---- announcement ----->|<- 5 min and 60 s of leeway ------>|
/// ```
/// A verifier that reads the key set at least once per announcement knows every key before it meets a token of it. An old
/// key stays published until no verifier accepts the last token that it signed.
///
/// Everything follows from when a key was announced and when it takes over, so all nodes that hold the same keys agree
/// without a word, and a restart changes nothing: keep each [`ScheduledKey`].
///
/// Source: ASVS 5.0 11.1.1; NIST SP 800-57 part 1, 5.3.
pub struct SigningKeys {
    algorithm: Algorithm,
    announcement: Duration,
    /// In the order in which they take over. Never empty.
    keys: Vec<ScheduledKey>,
}

/// A key and its times, as an installation keeps it.
pub struct ScheduledKey {
    /// The key.
    pub key: SigningKey,
    /// When it is first in the published set.
    pub published_from: Timestamp,
    /// When it takes over from the one before.
    pub signs_from: Timestamp,
}

/// How long a key is announced, unless said otherwise: verifiers that read the set every quarter of an hour keep up.
pub const ANNOUNCEMENT_DEFAULT: Duration = seconds(15 * 60);

/// How long a key stays published after another has taken over.
const AFTERLIFE: Duration = seconds(TOKEN_LIFETIME_MAX.as_secs() + LEEWAY_MAX.as_secs());

/// Why keys make no ring.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidKeys {
    /// There is none.
    #[error("there is no key to sign with")]
    Empty,
    /// Two are of different algorithms.
    #[error("the key {id} is for another algorithm than the others")]
    MixedAlgorithms {
        /// The key that differs.
        id: KeyId,
    },
    /// One is there twice.
    #[error("the key {id} is there twice")]
    Twice {
        /// The key.
        id: KeyId,
    },
    /// One would sign before it is published.
    #[error("the key {id} would sign before it is published")]
    SignsUnpublished {
        /// The key.
        id: KeyId,
    },
}

impl SigningKeys {
    /// A ring that begins with one key, which signs at once: nobody has read a key set before.
    pub fn begin(key: SigningKey, now: Timestamp) -> Self {
        let algorithm = key.algorithm();
        let first = ScheduledKey { key, published_from: now, signs_from: now };
        Self { algorithm, announcement: ANNOUNCEMENT_DEFAULT, keys: vec![first] }
    }

    /// The ring of an earlier run, or of another node.
    ///
    /// # Errors
    /// [`InvalidKeys`] says which key does not fit.
    pub fn restore(mut keys: Vec<ScheduledKey>) -> Result<Self, InvalidKeys> {
        keys.sort_by_key(|scheduled| (scheduled.signs_from, scheduled.published_from));
        let algorithm = keys.first().ok_or(InvalidKeys::Empty)?.key.algorithm();
        for (place, scheduled) in keys.iter().enumerate() {
            let id = || scheduled.key.id().clone();
            if scheduled.key.algorithm() != algorithm {
                return Err(InvalidKeys::MixedAlgorithms { id: id() });
            }
            if scheduled.published_from > scheduled.signs_from {
                return Err(InvalidKeys::SignsUnpublished { id: id() });
            }
            if keys[..place].iter().any(|before| before.key.id() == scheduled.key.id()) {
                return Err(InvalidKeys::Twice { id: id() });
            }
        }
        Ok(Self { algorithm, announcement: ANNOUNCEMENT_DEFAULT, keys })
    }

    /// The same ring whose next keys are announced for another span: at least as long as verifiers keep a key set.
    #[must_use]
    pub fn announced_for(self, announcement: Duration) -> Self {
        Self { announcement, ..self }
    }

    /// Announces a key: it is published from now on, and takes over after the announcement.
    ///
    /// # Errors
    /// [`InvalidKeys`] when the key does not fit to the others; nothing has changed then.
    pub fn rotate(&mut self, key: SigningKey, now: Timestamp) -> Result<(), InvalidKeys> {
        self.check(&key)?;
        let last = self.keys.last().map_or(now, |last| last.signs_from);
        let signs_from = now.after(self.announcement).max(last);
        self.keys.push(ScheduledKey { key, published_from: now, signs_from });
        self.forget_withdrawn(now);
        Ok(())
    }

    /// Puts one key in the place of all others at once: what they signed is refused as soon as verifiers have read the set
    /// again, and until then those refuse what the new key signs.
    ///
    /// For a key that somebody else may have. Otherwise [`rotate`](Self::rotate), which no request notices.
    ///
    /// # Errors
    /// [`InvalidKeys`] when the key does not fit to the others; nothing has changed then.
    pub fn replace_compromised(&mut self, key: SigningKey, now: Timestamp) -> Result<(), InvalidKeys> {
        self.check(&key)?;
        self.keys = vec![ScheduledKey { key, published_from: now, signs_from: now }];
        Ok(())
    }

    fn check(&self, key: &SigningKey) -> Result<(), InvalidKeys> {
        if key.algorithm() != self.algorithm {
            return Err(InvalidKeys::MixedAlgorithms { id: key.id().clone() });
        }
        if self.keys.iter().any(|scheduled| scheduled.key.id() == key.id()) {
            return Err(InvalidKeys::Twice { id: key.id().clone() });
        }
        Ok(())
    }

    /// Drops, and so wipes, the keys that are withdrawn.
    pub fn forget_withdrawn(&mut self, now: Timestamp) {
        let withdrawn = (0..self.keys.len()).take_while(|place| self.is_withdrawn(*place, now)).count();
        self.keys.drain(..withdrawn);
    }

    /// How all of them sign.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The keys and their times, in the order in which they take over, to be kept.
    pub fn scheduled(&self) -> &[ScheduledKey] {
        &self.keys
    }

    /// The longest that a verifier may keep a copy of the key set: the `max-age` of its answer.
    pub const fn jwks_max_age(&self) -> Duration {
        self.announcement
    }

    /// The key that signs now; `None` before the first one's time.
    pub(crate) fn signing(&self, now: Timestamp) -> Option<&SigningKey> {
        self.keys.iter().rev().find(|scheduled| scheduled.signs_from <= now).map(|scheduled| &scheduled.key)
    }

    /// The key set that verifiers read: the public keys that are published now, the signing one first.
    ///
    /// A media type of `application/jwk-set+json`, and no cookie, belong to it.
    ///
    /// Source: RFC 7517 5, 8.5.2.
    pub fn jwks(&self, now: Timestamp) -> String {
        let is_published =
            |place: &usize| self.keys[*place].published_from <= now && !self.is_withdrawn(*place, now);
        let signing = self.signing(now).map(SigningKey::id);
        let mut published: Vec<&SigningKey> =
            (0..self.keys.len()).filter(is_published).map(|place| &self.keys[place].key).collect();
        published.sort_by_key(|key| Some(key.id()) != signing);
        let keys = published.into_iter().map(|key| key.public().jwk(key.id())).collect();
        JwkSet { keys }.to_json()
    }

    /// Whether the key at this place has signed its last token so long ago that no verifier accepts it any more.
    fn is_withdrawn(&self, place: usize, now: Timestamp) -> bool {
        self.keys.get(place + 1).is_some_and(|next| next.signs_from.after(AFTERLIFE) <= now)
    }
}

/// A key set as others read it.
#[derive(Serialize)]
struct JwkSet<'a> {
    keys: Vec<PublicJwk<'a>>,
}

impl JwkSet<'_> {
    fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts under fixed names are JSON")
    }
}
