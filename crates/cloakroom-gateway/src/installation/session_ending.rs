//! Ending sessions that somebody has picked, for a reason that is written down.

use cloakroom::SessionId;

use crate::events;
use crate::installation::{EndReason, Installation, InstallationError};

impl Installation {
    /// Ends the sessions that are still there; returns how many. Each has its event, with the reason.
    ///
    /// # Errors
    /// [`InstallationError::Sessions`]; some may have ended then.
    pub(crate) async fn end_sessions(
        &self,
        ids: &[SessionId],
        reason: &EndReason,
    ) -> Result<usize, InstallationError> {
        events::stating(reason.as_str());
        let mut ended = 0;
        for id in ids {
            ended += usize::from(self.sessions.revoke(*id).await?);
        }
        Ok(ended)
    }

    /// Ends all sessions of everybody for a reason; returns how many.
    ///
    /// # Errors
    /// As [`Installation::revoke_everyone`].
    pub(crate) async fn end_everyones(&self, reason: &EndReason) -> Result<u64, InstallationError> {
        events::stating(reason.as_str());
        self.revoke_everyone().await
    }
}
