//! Users whom a provider vouches for.

use cloakroom::SessionId;

use crate::accounts::{Added, Identity, Linked, NewUser, Profile, Role, User, UserId, UserName};
use crate::config::Newcomers;
use crate::events::{Actor, EventKind};
use crate::installation::{Installation, InstallationError};
use crate::oidc::Person;

/// How many names are tried in order before chance names a new user.
const NAMES_IN_ORDER: u32 = 20;

impl Installation {
    /// Links a user to somebody at a provider, so that they can sign in there.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::IdentityTaken`].
    pub async fn link_user(&self, name: UserName, identity: &Identity) -> Result<User, InstallationError> {
        let user = self.user(name).await?;
        match self.accounts.link(user.id, identity, self.now()).await? {
            Linked::Done => {
                self.tell(self.event(EventKind::ProviderLinked).about(&user).detail(at(identity))).await?;
                Ok(user)
            }
            Linked::Taken => Err(InstallationError::IdentityTaken),
        }
    }

    /// Takes such a link away, and ends the user's sessions; returns how many.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::NoSuchIdentity`].
    pub async fn unlink_user(&self, name: UserName, identity: &Identity) -> Result<usize, InstallationError> {
        let user = self.user(name).await?;
        if !self.accounts.unlink(user.id, identity).await? {
            return Err(InstallationError::NoSuchIdentity);
        }
        self.record(self.event(EventKind::ProviderUnlinked).about(&user).detail(at(identity)));
        let ended = self.sessions.revoke_subject(&user.id.subject()).await?;
        self.settle().await?;
        Ok(ended)
    }

    /// The user that a provider vouches for; a new one, if newcomers get an account.
    pub(crate) async fn vouched(
        &self,
        person: &Person,
        newcomers: Newcomers,
    ) -> Result<Option<UserId>, InstallationError> {
        if let Some(id) = self.accounts.user_of(&person.identity).await? {
            return Ok(Some(id));
        }
        match newcomers {
            Newcomers::TurnedAway => Ok(None),
            Newcomers::Created => self.create(person).await.map(Some),
        }
    }

    /// Makes an account without a password. It is never an account that is there: a name proves nothing.
    async fn create(&self, person: &Person) -> Result<UserId, InstallationError> {
        let identity = &person.identity;
        let mut number = 1;
        loop {
            let new = NewUser {
                id: UserId::from_octets(Self::random()?),
                name: numbered(&person.name, number)?,
                role: Role::Member,
                profile: profile(person, &Profile::default()),
                password_hash: None,
            };
            if let Added::Done(user) = self.accounts.add_by_identity(new, identity, self.now()).await? {
                let event = self.event(EventKind::UserAdded).about(&user).because("vouched_for");
                self.record(event.by(Actor::Provider(identity.issuer().into())).detail(at(identity)));
                return Ok(user.id);
            }
            // The name is taken, or another tab was faster.
            if let Some(id) = self.accounts.user_of(identity).await? {
                return Ok(id);
            }
            number += 1;
        }
    }

    /// Takes over what the provider tells of a user.
    pub(crate) async fn refresh(&self, user: User, person: &Person) -> Result<(), InstallationError> {
        let mut seen = user;
        loop {
            let (id, before, new) = (seen.id, seen.profile.clone(), profile(person, &seen.profile));
            if new == seen.profile {
                return Ok(());
            }
            // Whoever loses has lost to one who won, so this comes to an end.
            if let Some(user) = self.accounts.set_profile(seen, new).await? {
                self.members.changed(id);
                self.record_edit(&before, &user);
                return Ok(());
            }
            let Some(found) = self.accounts.get(id).await? else { return Ok(()) };
            seen = found.user;
        }
    }

    /// Writes down that a session came from a provider, and forgets those of the same user that have ended.
    pub(crate) async fn remember_session(
        &self,
        session: SessionId,
        user: UserId,
        person: &Person,
    ) -> Result<(), InstallationError> {
        self.accounts.remember_session(session, &person.identity, person.sid.as_deref()).await?;
        let known = self.accounts.sessions_of_identity(&person.identity).await?;
        if known.len() > 1 {
            let live = self.sessions.list(&user.subject()).await?;
            for ended in
                known.into_iter().filter(|id| *id != session && live.iter().all(|info| info.id != *id))
            {
                self.accounts.forget_session(ended).await?;
            }
        }
        Ok(())
    }
}

/// Who somebody is, and where.
fn at(identity: &Identity) -> String {
    format!("{} at {}", identity.subject(), identity.issuer())
}

/// What the provider tells, beside what it does not decide on.
fn profile(person: &Person, before: &Profile) -> Profile {
    Profile {
        display_name: person.display_name.clone().or_else(|| before.display_name.clone()),
        email: person.email.clone().or_else(|| before.email.clone()),
        groups: match &person.groups {
            Some(told) => told.merged(&before.groups),
            None => before.groups.clone(),
        },
    }
}

/// `alice`, `alice-2`, `alice-3`, and after some of them `alice-` and a number by chance.
fn numbered(name: &UserName, number: u32) -> Result<UserName, InstallationError> {
    let text = match number {
        1 => return Ok(name.clone()),
        2..=NAMES_IN_ORDER => format!("{}-{number}", name.as_typed()),
        _ => {
            let [a, b, c] = Installation::random()?;
            format!("{}-{a:02x}{b:02x}{c:02x}", name.as_typed())
        }
    };
    Ok(text.parse().unwrap_or_else(|_| name.clone()))
}
