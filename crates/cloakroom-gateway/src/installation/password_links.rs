//! One-time links by which users set a password that no administrator has known.

use std::time::Duration;

use crate::accounts::password::Password;
use crate::accounts::{Added, LinkToken, NewUser, Profile, Reset, Role, User, UserId, UserName};
use crate::events::{Actor, EventKind};
use crate::installation::{Installation, InstallationError};

impl Installation {
    /// Adds a user without a password, and makes the link by which they set the first.
    ///
    /// # Errors
    /// [`InstallationError::NameTaken`].
    pub(crate) async fn invite_user(
        &self,
        name: UserName,
        role: Role,
        profile: Profile,
    ) -> Result<(User, LinkToken), InstallationError> {
        let (id, as_typed) = (UserId::from_octets(Self::random()?), name.to_string());
        let new = NewUser { id, name, role, profile, password_hash: None };
        let user = match self.accounts.add(new, self.now()).await? {
            Added::Done(user) => user,
            Added::NameTaken => return Err(InstallationError::NameTaken(as_typed)),
        };
        self.tell(self.event(EventKind::UserAdded).about(&user).detail(user.role.as_str())).await?;
        let token = self.link(&user, LinkToken::INVITATION_LIFETIME).await?;
        Ok((user, token))
    }

    /// Makes a link by which a user sets another password. The one that there is works until then.
    ///
    /// Whoever makes a link can use it: who did is in the trail, and the user is told by their sessions having ended.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], of a disabled user too.
    ///
    /// Source: OWASP Forgot Password Cheat Sheet: "Do not make a change to the account until a valid token is presented".
    pub(crate) async fn issue_reset_link(
        &self,
        name: UserName,
    ) -> Result<(User, LinkToken), InstallationError> {
        let user = self.user(name).await?;
        if user.disabled_at.is_some() {
            return Err(InstallationError::NoSuchUser(user.name.to_string()));
        }
        let lifetime =
            if user.has_password { LinkToken::RESET_LIFETIME } else { LinkToken::INVITATION_LIFETIME };
        let token = self.link(&user, lifetime).await?;
        Ok((user, token))
    }

    /// The user whose password a link sets, while it works.
    pub(crate) async fn user_of_link(&self, token: &LinkToken) -> Result<Option<User>, InstallationError> {
        let Some(id) = self.accounts.user_of_reset_link(token, self.now()).await? else { return Ok(None) };
        Ok(self.accounts.get(id).await?.map(|found| found.user))
    }

    /// Sets a password by a link, once, and ends all sessions of its user.
    ///
    /// # Errors
    /// [`InstallationError::Password`].
    pub(crate) async fn reset_by_link(
        &self,
        user: &User,
        token: &LinkToken,
        password: &Password,
    ) -> Result<Reset, InstallationError> {
        let hash = self.make_hash(self.policy.check(password, Some(&user.name))?).await?;
        let reset = self.accounts.reset_by_link(user.id, token, hash, self.now()).await?;
        if reset == Reset::Done {
            self.members.changed(user.id);
            let event = self.event(EventKind::PasswordChanged).about(user).because("link");
            self.record(event.by(Actor::Subject));
            self.sessions.revoke_subject(&user.id.subject()).await?;
        }
        Ok(reset)
    }

    async fn link(&self, user: &User, lifetime: Duration) -> Result<LinkToken, InstallationError> {
        let (token, now) = (LinkToken::from_octets(Self::random()?), self.now());
        self.accounts.issue_reset_link(user.id, &token, now.after(lifetime), now).await?;
        self.tell(self.event(EventKind::ResetLinkIssued).about(user)).await?;
        Ok(token)
    }
}
