//! What can be done with the keys of services.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts::api_key::{ApiKey, ApiKeyId, ApiKeyName, ApiKeyText, NewApiKey, Scopes};
use crate::events::{Actor, EventKind};
use crate::installation::{Installation, InstallationError};

impl Installation {
    /// Makes a key; its text is shown once, since its secret is kept nowhere.
    pub async fn create_api_key(
        &self,
        name: ApiKeyName,
        scopes: Scopes,
        lifetime: Option<Duration>,
    ) -> Result<(ApiKey, ApiKeyText), InstallationError> {
        let text = ApiKeyText::from_octets(ApiKeyId::from_octets(Self::random()?), Self::random()?);
        let now = self.now();
        let expires_at = lifetime.map(|lifetime| now.after(lifetime));
        let new = NewApiKey { id: text.id(), digest: text.digest(), name, scopes, expires_at };
        let key = self.accounts.add_api_key(new, now).await?;
        let about = format!("{} {}: {}", key.id, key.name, key.scopes);
        self.tell(self.event(EventKind::ApiKeyCreated).detail(about)).await?;
        Ok((key, text))
    }

    /// Every key, the oldest first; those that work no more too.
    pub async fn api_keys(&self) -> Result<Vec<(ApiKey, &'static str)>, InstallationError> {
        let now = self.now();
        let keys = self.accounts.api_keys().await?;
        Ok(keys.into_iter().map(|key| (key.state(now), key)).map(|(state, key)| (key, state)).collect())
    }

    /// Revokes a key: running gateways refuse it within a second.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchApiKey`].
    pub async fn revoke_api_key(&self, id: ApiKeyId) -> Result<(), InstallationError> {
        if !self.accounts.revoke_api_key(id, self.now()).await? {
            return Err(InstallationError::NoSuchApiKey(id));
        }
        self.tell(self.event(EventKind::ApiKeyRevoked).detail(id)).await
    }

    /// The key that a service presents, when its secret is right and it works; as known a second ago at most.
    ///
    /// # Security
    /// The secret is compared before anything else is looked at, so that an ID alone, which is public, learns nothing.
    pub(crate) async fn admit_api_key(
        &self,
        presented: &ApiKeyText,
    ) -> Result<Option<Arc<ApiKey>>, InstallationError> {
        let now = self.now();
        let key = match self.key_copies.fresh(presented.id(), now) {
            Some(key) => key,
            None => match self.accounts.api_key(presented.id()).await? {
                Some(key) => {
                    let key = Arc::new(key);
                    self.key_copies.keep(&key, now);
                    key
                }
                None => return Ok(None),
            },
        };
        if key.digest != presented.digest() || !key.works(now) {
            return Ok(None);
        }
        if let Some(hour) = self.key_copies.use_to_note(key.id, now) {
            if key.last_used_at.is_none() {
                let event = self.event(EventKind::ApiKeyFirstUsed).by(Actor::ApiKey(key.id));
                self.record(event.detail(&key.name));
            }
            if let Err(error) = self.accounts.api_key_used(key.id, hour).await {
                // The next copy of the key is without this hour, so that the next use tries again.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the use of a key could not be noted"
                );
            }
        }
        Ok(Some(key))
    }
}
