//! What users may do: roles, and whether they may sign in at all.

use crate::accounts::{Kept, Role, User, UserName};
use crate::events::EventKind;
use crate::installation::{Installation, InstallationError};

impl Installation {
    /// Disables a user and ends all their sessions; returns how many.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::LastAdministrator`].
    pub async fn disable_user(&self, name: UserName) -> Result<usize, InstallationError> {
        let user = self.user(name).await?;
        if self.accounts.disable(user.id, self.now()).await? == Kept::LastAdministrator {
            return Err(InstallationError::LastAdministrator(user.name.to_string()));
        }
        self.members.changed(user.id);
        self.record(self.event(EventKind::UserDisabled).about(&user));
        let ended = self.sessions.revoke_subject(&user.id.subject()).await?;
        self.settle().await?;
        Ok(ended)
    }

    /// Enables a user again; sessions that were ended stay ended.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`].
    pub async fn enable_user(&self, name: UserName) -> Result<(), InstallationError> {
        let user = self.user(name).await?;
        self.accounts.enable(user.id).await?;
        self.members.changed(user.id);
        self.tell(self.event(EventKind::UserEnabled).about(&user)).await
    }

    /// Gives a user another role; running gateways feel it within a second, in sessions that are under way too.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::LastAdministrator`].
    pub async fn set_role(&self, name: UserName, role: Role) -> Result<User, InstallationError> {
        let mut user = self.user(name).await?;
        if user.role == role {
            return Ok(user);
        }
        if self.accounts.set_role(user.id, role).await? == Kept::LastAdministrator {
            return Err(InstallationError::LastAdministrator(user.name.to_string()));
        }
        self.members.changed(user.id);
        let detail = format!("{} to {}", user.role.as_str(), role.as_str());
        self.tell(self.event(EventKind::RoleChanged).about(&user).detail(detail)).await?;
        user.role = role;
        Ok(user)
    }
}
