//! What can be done with the sessions of others.

use cloakroom::{SessionId, SessionInfo};

use crate::accounts::UserName;
use crate::events::EventKind;
use crate::installation::{Installation, InstallationError};
use crate::utc::rfc3339;
use crate::web::UserAgent;

/// A live session, and the name of its user.
#[derive(Clone, Debug)]
pub struct ListedSession {
    /// The session.
    pub info: SessionInfo,
    /// Whose it is; `None` for a visitor's.
    pub user: Option<UserName>,
}

impl ListedSession {
    /// Browser and system in words.
    pub fn client(&self) -> String {
        self.info.agent.as_deref().map_or(UserAgent::unknown(), UserAgent::parse).to_string()
    }

    /// When it began, in RFC 3339.
    pub fn created_at_utc(&self) -> String {
        rfc3339(self.info.created_at)
    }

    /// When it was last used as far as that was written down, in RFC 3339.
    pub fn last_seen_at_utc(&self) -> String {
        rfc3339(self.info.last_seen_at)
    }

    /// When it ends if nothing more is sent, in RFC 3339.
    pub fn expires_at_utc(&self) -> String {
        rfc3339(self.info.expires_at)
    }
}

impl Installation {
    /// The live sessions of a user, the oldest first.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`].
    pub async fn sessions_of(&self, name: UserName) -> Result<Vec<ListedSession>, InstallationError> {
        let user = self.user(name).await?;
        let infos = self.sessions.list(&user.id.subject()).await?;
        Ok(infos.into_iter().map(|info| ListedSession { info, user: Some(user.name.clone()) }).collect())
    }

    /// One live session.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchSession`].
    pub async fn session(&self, id: SessionId) -> Result<ListedSession, InstallationError> {
        let info = self.sessions.find(id).await?.ok_or(InstallationError::NoSuchSession(id))?;
        self.named(info).await
    }

    /// Ends one session.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchSession`].
    pub async fn revoke_session(&self, id: SessionId) -> Result<(), InstallationError> {
        if !self.sessions.revoke(id).await? {
            return Err(InstallationError::NoSuchSession(id));
        }
        self.settle().await
    }

    /// Ends all sessions of a user; returns how many.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`].
    pub async fn revoke_user(&self, name: UserName) -> Result<usize, InstallationError> {
        let user = self.user(name).await?;
        let ended = self.sessions.revoke_subject(&user.id.subject()).await?;
        self.tell(self.event(EventKind::UserRevoked).about(&user).detail(format!("{ended} ended"))).await?;
        Ok(ended)
    }

    /// Ends all sessions of everybody; returns how many.
    pub async fn revoke_everyone(&self) -> Result<u64, InstallationError> {
        let ended = self.sessions.revoke_everyone().await?;
        self.metrics.everyone_ended(ended);
        self.tell(self.event(EventKind::EveryoneRevoked).detail(format!("{ended} ended"))).await?;
        Ok(ended)
    }

    async fn named(&self, info: SessionInfo) -> Result<ListedSession, InstallationError> {
        let user = match &info.authentication {
            Some(authentication) => self.name_of(&authentication.subject).await?,
            None => None,
        };
        Ok(ListedSession { info, user })
    }
}
