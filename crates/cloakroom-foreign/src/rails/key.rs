//! `secret_key_base`, and how keys are made of it.

use zeroize::Zeroizing;

use crate::crypto::{Digest, InvalidKey, Secret};

/// A `secret_key_base` with the configuration of the key generator.
pub struct Key {
    secret_key_base: Secret,
    digest: Digest,
    salt: Option<Vec<u8>>,
    rounds: u32,
}

impl Key {
    /// As a Rails application with the defaults of 7.0 or later derives keys from this `secret_key_base`.
    ///
    /// # Errors
    /// When the secret is empty, with which Rails does not start.
    pub fn new(secret_key_base: &Secret) -> Result<Self, InvalidKey> {
        const ROUNDS: u32 = 1000;
        let secret_key_base = Secret::new(secret_key_base.at_least(1)?);
        Ok(Self { secret_key_base, digest: Digest::Sha256, salt: None, rounds: ROUNDS })
    }

    /// The `key_generator_hash_digest_class`: SHA-1 with the defaults of Rails 6.1 or before.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = digest;
        self
    }

    /// The `authenticated_encrypted_cookie_salt` or `signed_cookie_salt`, when the application has its own.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<Vec<u8>>) -> Self {
        self.salt = Some(salt.into());
        self
    }

    /// The iterations of an `ActiveSupport::KeyGenerator` that the application made itself.
    #[must_use]
    pub fn rounds(mut self, rounds: u32) -> Self {
        self.rounds = rounds;
        self
    }

    pub(super) fn derive(&self, default_salt: &[u8], key_bytes: usize) -> Zeroizing<Vec<u8>> {
        let salt = self.salt.as_deref().unwrap_or(default_salt);
        self.digest.pbkdf2(self.secret_key_base.octets(), salt, self.rounds, key_bytes)
    }
}
