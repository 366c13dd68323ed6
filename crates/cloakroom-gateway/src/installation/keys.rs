//! What can be done with the keys that sign tokens.

use crate::accounts::PublishedKey;
use crate::events::EventKind;
use crate::installation::{Installation, InstallationError};
use crate::utc::rfc3339;

/// What becomes of a published key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Applications may find it; it signs later.
    Announced,
    /// Its process signs with it, if it lives.
    InUse,
    /// It signs nothing new. What it has signed is good until it ends.
    Retired,
}

/// A key that applications find, and what it is for now.
#[derive(Clone, Debug)]
pub struct ListedKey {
    /// The key.
    pub key: PublishedKey,
    /// What becomes of it.
    pub state: KeyState,
}

impl KeyState {
    /// The word for it in lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::InUse => "in use",
            Self::Retired => "retired",
        }
    }
}

impl ListedKey {
    /// When it was made, in RFC 3339.
    pub fn made_at_utc(&self) -> String {
        rfc3339(self.key.made_at)
    }

    /// Since when it is retired, in RFC 3339.
    pub fn retired_at_utc(&self) -> Option<String> {
        self.key.retired_at.map(rfc3339)
    }

    /// Until when applications find it, in RFC 3339.
    pub fn published_until_utc(&self) -> String {
        rfc3339(self.key.published_until)
    }
}

impl Installation {
    /// The keys by which applications verify tokens, the oldest first: one or two of each gateway that runs or has just ended.
    pub async fn keys(&self) -> Result<Vec<ListedKey>, InstallationError> {
        let now = self.now();
        let state = |key: &PublishedKey| match key.retired_at {
            Some(_) => KeyState::Retired,
            None if key.signs_from > now => KeyState::Announced,
            None => KeyState::InUse,
        };
        let keys = self.accounts.published_keys(now).await?;
        Ok(keys.into_iter().map(|key| ListedKey { state: state(&key), key }).collect())
    }

    /// Retires all keys that there are; returns how many were in use or announced.
    ///
    /// Gateways that run find out within a second and sign with new ones within three. Tokens that are out stay good until
    /// they end, for five minutes at most. Sessions are not touched.
    pub async fn rotate_keys(&self) -> Result<usize, InstallationError> {
        let keys = self.keys().await?;
        self.accounts.retire_keys(self.now()).await?;
        let retired = keys.iter().filter(|key| key.state != KeyState::Retired).count();
        self.tell(self.event(EventKind::KeysRotated).detail(format!("{retired} retired"))).await?;
        Ok(retired)
    }
}
