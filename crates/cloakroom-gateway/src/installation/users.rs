//! What can be done with accounts, the end of their sessions included.

use cloakroom::Subject;

use crate::accounts::password::{NewPassword, Password, PasswordHash};
use crate::accounts::{
    Added, FoundUsers, LinkToken, NewUser, Profile, ProfileEdit, Role, SetUp, User, UserFilter, UserId,
    UserList, UserName,
};
use crate::events::{Actor, EventKind};
use crate::installation::members::Known;
use crate::installation::{Installation, InstallationError};
use crate::metrics::HashWork;

/// What became of a list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// So many have accounts now.
    pub added: usize,
    /// So many had one, which was left as it is.
    pub there_already: usize,
}

/// After so many imported users their events are written down.
const IMPORTED_AT_ONCE: usize = 64;

impl Installation {
    /// Adds a user.
    ///
    /// # Errors
    /// [`InstallationError::NameTaken`], [`InstallationError::Password`].
    pub async fn add_user(
        &self,
        name: UserName,
        role: Role,
        profile: Profile,
        password: &Password,
    ) -> Result<User, InstallationError> {
        let new = NewUser { profile, ..self.new_user(name, role, password).await? };
        let name = new.name.to_string();
        match self.accounts.add(new, self.now()).await? {
            Added::Done(user) => {
                let event = self.event(EventKind::UserAdded).about(&user);
                self.tell(event.detail(user.role.as_str())).await?;
                Ok(user)
            }
            Added::NameTaken => Err(InstallationError::NameTaken(name)),
        }
    }

    /// Adds the users of a list with the hashes that another program has made of their passwords.
    ///
    /// Users whose names are taken are left as they are, so that a list can be taken over again after it broke off. A password is
    /// held against no policy, and is hashed anew at its owner's first sign-in.
    ///
    /// # Security
    /// Until then a sign-in takes the time that the hash asks for, which tells who has not signed in yet.
    pub async fn import_users(&self, list: UserList) -> Result<Imported, InstallationError> {
        let mut imported = Imported { added: 0, there_already: 0 };
        for listed in list.into_users() {
            let id = UserId::from_octets(Self::random()?);
            let new = NewUser {
                id,
                name: listed.name,
                role: Role::Member,
                profile: listed.profile,
                password_hash: Some(listed.password_hash),
            };
            match self.accounts.add(new, self.now()).await? {
                Added::Done(user) => {
                    if listed.is_disabled {
                        // A member, without whom nobody is missed.
                        let _done = self.accounts.disable(user.id, self.now()).await?;
                    }
                    imported.added += 1;
                    self.record(self.event(EventKind::UserImported).about(&user));
                    // Now and then, since no more wait than there is room for.
                    if imported.added.is_multiple_of(IMPORTED_AT_ONCE) {
                        self.settle().await?;
                    }
                }
                Added::NameTaken => imported.there_already += 1,
            }
        }
        self.settle().await?;
        Ok(imported)
    }

    /// Makes the first administrator by a set-up link.
    ///
    /// # Errors
    /// [`InstallationError::Password`].
    pub(crate) async fn set_up(
        &self,
        token: &LinkToken,
        name: UserName,
        password: &Password,
    ) -> Result<SetUp, InstallationError> {
        let new = self.new_user(name, Role::Administrator, password).await?;
        let set_up = self.accounts.set_up(token, new, self.now()).await?;
        if let SetUp::Done(user) = &set_up {
            self.record(self.event(EventKind::SetUp).about(user).by(Actor::Subject));
        }
        Ok(set_up)
    }

    /// Every user, by name.
    pub async fn users(&self) -> Result<Vec<User>, InstallationError> {
        Ok(self.accounts.list().await?)
    }

    /// The first so many users whose names, in lower case, come after this text, by name.
    pub(crate) async fn users_after(
        &self,
        name: &str,
        users_max: usize,
    ) -> Result<Vec<User>, InstallationError> {
        Ok(self.accounts.list_after(name, users_max).await?)
    }

    /// A page of users.
    pub(crate) async fn find_users(
        &self,
        filter: &UserFilter,
        after: Option<&str>,
        users_max: usize,
    ) -> Result<FoundUsers, InstallationError> {
        Ok(self.accounts.search(filter, after, users_max).await?)
    }

    /// The user of a name.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`].
    pub async fn user(&self, name: UserName) -> Result<User, InstallationError> {
        let as_typed = name.to_string();
        let found = self.accounts.find(name).await?;
        found.map(|found| found.user).ok_or(InstallationError::NoSuchUser(as_typed))
    }

    /// Changes what applications are told of a user; returns the user as it is then.
    ///
    /// Running gateways feel it within a second, in sessions that are under way too. Of changes that are made at the same
    /// time none is lost.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::TooManyGroups`].
    pub async fn edit_user(&self, name: UserName, edit: &ProfileEdit) -> Result<User, InstallationError> {
        loop {
            let user = self.user(name.clone()).await?;
            let profile = edit.of(&user.profile)?;
            // Whoever loses has lost to one who won, so this comes to an end.
            let before = user.profile.clone();
            if let Some(user) = self.accounts.set_profile(user, profile).await? {
                self.members.changed(user.id);
                self.record_edit(&before, &user);
                self.settle().await?;
                return Ok(user);
            }
        }
    }

    /// Gives a user another password who has just proved the one of `proved`; `false` when that one has been replaced meanwhile, or the
    /// account disabled: hashing takes its time, and whoever is locked out in it has lost.
    pub(crate) async fn change_password(
        &self,
        proved: &User,
        password: NewPassword,
    ) -> Result<bool, InstallationError> {
        let hash = self.make_hash(password).await?;
        let is_changed = self.accounts.change_password(proved, hash, self.now()).await?;
        self.members.changed(proved.id);
        Ok(is_changed)
    }

    /// Gives a user another password and ends all their sessions; returns how many.
    ///
    /// The password goes first: a sign-in with the old one that is under way loses to the end of the sessions.
    ///
    /// # Errors
    /// [`InstallationError::NoSuchUser`], [`InstallationError::Password`].
    pub async fn reset_password(
        &self,
        name: UserName,
        password: &Password,
    ) -> Result<usize, InstallationError> {
        let user = self.user(name).await?;
        let new = self.policy.check(password, Some(&user.name))?;
        let hash = self.make_hash(new).await?;
        if !self.accounts.set_password(user.id, hash, self.now()).await? {
            return Err(InstallationError::NoSuchUser(user.name.to_string()));
        }
        self.members.changed(user.id);
        self.record(self.event(EventKind::PasswordChanged).about(&user).because("reset"));
        let ended = self.sessions.revoke_subject(&user.id.subject()).await?;
        self.settle().await?;
        Ok(ended)
    }

    /// Records what became of a user's profile.
    pub(super) fn record_edit(&self, before: &Profile, after: &User) {
        let now = &after.profile;
        let fields = [
            ("display name", before.display_name != now.display_name),
            ("e-mail", before.email != now.email),
        ];
        let changed: Vec<&str> =
            fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect();
        if !changed.is_empty() {
            self.record(self.event(EventKind::UserEdited).about(after).detail(changed.join(", ")));
        }
        let came =
            now.groups.iter().filter(|group| !before.groups.contains(group)).map(|group| format!("+{group}"));
        let left =
            before.groups.iter().filter(|group| !now.groups.contains(group)).map(|group| format!("-{group}"));
        let moved: Vec<String> = came.chain(left).collect();
        if !moved.is_empty() {
            self.record(self.event(EventKind::GroupsChanged).about(after).detail(moved.join(" ")));
        }
    }

    /// The user of a session, as they were a second ago at most.
    ///
    /// # Errors
    /// When the accounts cannot be read: what a user may do is never taken from an older copy.
    pub(crate) async fn member(&self, subject: &Subject) -> Result<Option<Known>, InstallationError> {
        let Ok(id) = subject.as_str().parse::<UserId>() else { return Ok(None) };
        let now = self.now();
        if let Some(known) = self.members.fresh(id, now) {
            return Ok(Some(known));
        }
        let seen = self.members.changes();
        let Some(found) = self.accounts.get(id).await? else { return Ok(None) };
        let known = Known::new(found.user);
        self.members.keep(&known, now, seen);
        Ok(Some(known))
    }

    /// The name of a user, out of memory where it has been asked for before.
    pub(super) async fn name_of(&self, subject: &Subject) -> Result<Option<UserName>, InstallationError> {
        let Ok(id) = subject.as_str().parse::<UserId>() else { return Ok(None) };
        if let Some(name) = self.members.name(id) {
            return Ok(Some(name));
        }
        Ok(self.member(subject).await?.map(|known| known.user.name.clone()))
    }

    async fn new_user(
        &self,
        name: UserName,
        role: Role,
        password: &Password,
    ) -> Result<NewUser, InstallationError> {
        let new = self.policy.check(password, Some(&name))?;
        let password_hash = self.make_hash(new).await?;
        Ok(NewUser {
            id: UserId::from_octets(Self::random()?),
            name,
            role,
            profile: Profile::default(),
            password_hash: Some(password_hash),
        })
    }

    pub(super) async fn make_hash(&self, password: NewPassword) -> Result<PasswordHash, InstallationError> {
        let _timing = self.metrics.password(HashWork::Make);
        Ok(self.hasher.hash(password, Self::random()?).await?)
    }
}
