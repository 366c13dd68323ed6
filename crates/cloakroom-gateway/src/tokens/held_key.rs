//! A key of this process and what the database knows of it.

use std::sync::Arc;
use std::time::Duration;

use cloakroom::{Entropy, Timestamp, minutes};
use cloakroom_jwt::{Algorithm, KeyError, LEEWAY_MAX, SigningKey, TOKEN_LIFETIME_MAX};

use crate::accounts::PublishedKey;
use crate::tokens::signer::Signing;

/// How far ahead of now a key in use is published: what a process that dies leaves behind.
pub(super) const AHEAD: Duration = minutes(10);

/// How often a process moves the end of its keys on. Three may fail before it stops to sign.
pub(super) const EXTENSION: Duration = minutes(1);

/// How long a key that signs no more is needed: as long as a token lives, a minute for the clock of whoever verifies it,
/// and a minute by which the clocks of our own machines may differ.
pub(super) const AFTERLIFE: Duration =
    TOKEN_LIFETIME_MAX.saturating_add(LEEWAY_MAX).saturating_add(minutes(1));

/// A key of this process.
pub(super) struct HeldKey {
    pub(super) key: Arc<SigningKey>,
    pub(super) signs_from: Timestamp,
    /// As far as this process has made sure of it.
    pub(super) published_until: Timestamp,
    pub(super) extended_at: Timestamp,
}

impl HeldKey {
    /// A new key, as it is to be published: it signs after `announcement`.
    pub(super) fn draw(
        entropy: &impl Entropy,
        now: Timestamp,
        announcement: Duration,
    ) -> Result<(Self, PublishedKey), KeyError> {
        let key = Arc::new(SigningKey::generate(Algorithm::Es256, entropy)?);
        let (signs_from, published_until) = (now.after(announcement), now.after(AHEAD + announcement));
        let published = PublishedKey {
            id: key.id().as_str().to_owned(),
            jwk: key.public_jwk(),
            made_at: now,
            signs_from,
            retired_at: None,
            published_until,
        };
        Ok((Self { key, signs_from, published_until, extended_at: now }, published))
    }

    pub(super) fn id(&self) -> &str {
        self.key.id().as_str()
    }

    /// Whether it stands among these and nobody has retired it.
    pub(super) fn is_in_use(&self, published: &[PublishedKey]) -> bool {
        published.iter().any(|key| key.id == self.id() && key.retired_at.is_none())
    }

    /// The key for whoever mints.
    pub(super) fn signing(&self) -> Signing {
        Signing { key: Arc::clone(&self.key), usable_until: self.published_until.before(AFTERLIFE) }
    }
}
