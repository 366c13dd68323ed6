//! What is known of a key.

use cloakroom::Timestamp;

use crate::accounts::api_key::{ApiKeyId, ApiKeyName, Scopes, SecretDigest};
use crate::utc::rfc3339;

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The public half.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: ApiKeyName,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When somebody revoked it.
    pub revoked_at: Option<Timestamp>,
    /// The beginning of the hour in which it was last used.
    pub last_used_at: Option<Timestamp>,
    /// What proves the secret half.
    pub(crate) digest: SecretDigest,
}

impl ApiKey {
    /// Whether it opens anything at this time.
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// In a word: `valid`, `expired` or `revoked`.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match (self.revoked_at, self.works(now)) {
            (Some(_), _) => "revoked",
            (None, true) => "valid",
            (None, false) => "expired",
        }
    }

    /// When it was made, in RFC 3339.
    pub fn created_at_utc(&self) -> String {
        rfc3339(self.created_at)
    }

    /// When it ends, in RFC 3339.
    pub fn expires_at_utc(&self) -> Option<String> {
        self.expires_at.map(rfc3339)
    }

    /// The hour in which it was last used, in RFC 3339.
    pub fn last_used_at_utc(&self) -> Option<String> {
        self.last_used_at.map(rfc3339)
    }
}

/// A key that is about to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// The public half.
    pub id: ApiKeyId,
    /// What is kept of the secret half.
    pub digest: SecretDigest,
    /// What it is for.
    pub name: ApiKeyName,
    /// What it may do, at least one thing.
    pub scopes: Scopes,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
}
