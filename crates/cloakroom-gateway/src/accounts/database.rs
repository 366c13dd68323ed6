//! The accounts, in whatever database they are.

use cloakroom::Timestamp;
use cloakroom::store::ErrorKind;
use cloakroom_stores::{Changed, Datum, IndexedStore, Part, Record, StoreUrl, Tables};

use crate::accounts::password::PasswordHash;
use crate::accounts::rows::{self, hash, time};
use crate::accounts::schema::SCHEMA;
use crate::accounts::statements::{
    ADD, AFTER, ALL, ANYBODY, BY_ID, BY_NAME, CHANGE_PASSWORD, NAMES, NAMES_AT_ONCE, NOW, SET_PASSWORD,
    SET_PROFILE, STRENGTHEN,
};
use crate::accounts::{AccountsError, Credentials, NewUser, Profile, User, UserId, UserName};

/// The accounts of one installation.
///
/// Several processes may use the same database, on several machines if it is a server: a change by one is seen by the next
/// read of another.
#[derive(Clone, Debug)]
pub struct Accounts {
    tables: Tables,
}

/// What became of a new account.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It exists now.
    Done(User),
    /// Another account has the name, in this or another spelling.
    NameTaken,
}

impl Accounts {
    /// Opens the accounts at an address, and makes their tables where there are none. A file is made readable for its owner
    /// alone.
    ///
    /// # Errors
    /// [`AccountsError::Open`] when the database cannot be used, or was written by a newer version.
    pub async fn open(url: &StoreUrl) -> Result<Self, AccountsError> {
        Ok(Self { tables: url.open_tables(&SCHEMA).await? })
    }

    /// Opens the accounts in the database of the sessions, on its connections.
    ///
    /// # Errors
    /// As [`Accounts::open`].
    pub async fn open_beside(sessions: &IndexedStore) -> Result<Self, AccountsError> {
        Ok(Self { tables: sessions.tables(&SCHEMA).await? })
    }

    /// The user of a name, with the hash of their password.
    pub async fn find(&self, name: UserName) -> Result<Option<Credentials>, AccountsError> {
        let rows = self.read("find a user", BY_NAME, vec![rows::text(name.canonical())]).await?;
        rows.first().map(rows::read).transpose()
    }

    /// The user of a number, with the hash of their password.
    pub async fn get(&self, id: UserId) -> Result<Option<Credentials>, AccountsError> {
        let rows = self.read("find a user", BY_ID, vec![rows::id(id)]).await?;
        rows.first().map(rows::read).transpose()
    }

    /// The names of users, in no order; of one who has no account there is none.
    pub async fn names_of(&self, ids: &[UserId]) -> Result<Vec<(UserId, UserName)>, AccountsError> {
        let mut names = Vec::with_capacity(ids.len());
        for some in ids.chunks(NAMES_AT_ONCE) {
            // The statement takes as many as it takes: the last is asked for again.
            let padded = some.iter().chain(some.last().into_iter().cycle()).take(NAMES_AT_ONCE);
            let values = padded.map(|id| rows::id(*id)).collect();
            for row in &self.read("find names", NAMES, values).await? {
                let id = rows::parsed(row, 0, "id", |text| text.parse().ok())?;
                names.push((id, rows::parsed(row, 1, "name_as_typed", |text| text.parse().ok())?));
            }
        }
        Ok(names)
    }

    /// Every user, by name.
    pub async fn list(&self) -> Result<Vec<User>, AccountsError> {
        let rows = self.read("list users", ALL, Vec::new()).await?;
        rows.iter().map(|row| rows::read(row).map(|found| found.user)).collect()
    }

    /// The first so many users whose names, in lower case, come after this text, by name.
    pub async fn list_after(&self, name: &str, users_max: usize) -> Result<Vec<User>, AccountsError> {
        let values = vec![rows::text(name), Datum::Number(i64::try_from(users_max).unwrap_or(i64::MAX))];
        let rows = self.read("list users", AFTER, values).await?;
        rows.iter().map(|row| rows::read(row).map(|found| found.user)).collect()
    }

    /// Whether nobody has an account yet.
    pub async fn is_empty(&self) -> Result<bool, AccountsError> {
        Ok(self.read("count users", ANYBODY, Vec::new()).await?.is_empty())
    }

    /// The time by the clock of the database's machine.
    pub async fn clock(&self) -> Result<Timestamp, AccountsError> {
        let rows = self.read("tell the time", NOW, Vec::new()).await?;
        let millis = rows
            .first()
            .and_then(|row| row.number(0))
            .ok_or(AccountsError::Unreadable { column: "now_ms" })?;
        Ok(rows::timestamp(millis))
    }

    /// Makes an account.
    pub async fn add(&self, new: NewUser, now: Timestamp) -> Result<Added, AccountsError> {
        match self.change("add a user", ADD, rows::values(&new, now, Datum::Null)).await {
            Ok(_) => Ok(Added::Done(rows::made(new, now))),
            Err(error) if is_duplicate(&error) => Ok(Added::NameTaken),
            Err(error) => Err(error),
        }
    }

    /// Gives a user another password; `false` when there is no such user.
    pub async fn set_password(
        &self,
        id: UserId,
        new: PasswordHash,
        now: Timestamp,
    ) -> Result<bool, AccountsError> {
        let values = vec![rows::id(id), hash(&new), time(now)];
        Ok(self.change("set a password", SET_PASSWORD, values).await? == Changed::Done)
    }

    /// Gives a user another password who has proved the one of `seen`; `false` when that one is the password no more, or the account is
    /// disabled.
    pub async fn change_password(
        &self,
        seen: &User,
        new: PasswordHash,
        now: Timestamp,
    ) -> Result<bool, AccountsError> {
        let values = vec![rows::id(seen.id), hash(&new), time(now), time(seen.password_changed_at)];
        Ok(self.change("change a password", CHANGE_PASSWORD, values).await? == Changed::Done)
    }

    /// Changes what applications are told of a user, unless somebody else has since `seen` was read: `None` then.
    pub async fn set_profile(&self, seen: User, new: Profile) -> Result<Option<User>, AccountsError> {
        let mut values = vec![rows::id(seen.id), Datum::Number(seen.profile_version)];
        values.extend(rows::profile(&new));
        match self.change("change a user", SET_PROFILE, values).await {
            Ok(Changed::Done) => {
                Ok(Some(User { profile: new, profile_version: seen.profile_version + 1, ..seen }))
            }
            Ok(Changed::Undone) => Ok(None),
            Err(error) if is_duplicate(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces the hash of an unchanged password by a stronger one, unless the password has changed meanwhile.
    pub async fn strengthen(
        &self,
        id: UserId,
        old: PasswordHash,
        new: PasswordHash,
    ) -> Result<(), AccountsError> {
        let values = vec![rows::id(id), hash(&old), hash(&new)];
        self.change("store a stronger hash", STRENGTHEN, values).await.map(drop)
    }

    /// The rows of a statement that changes nothing.
    pub(crate) async fn read(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Datum>,
    ) -> Result<Vec<Record>, AccountsError> {
        let rows = self.tables.read(operation, statement, values).await;
        rows.map_err(|source| AccountsError::Statement { operation, source })
    }

    /// Statements that are carried out together or not at all.
    pub(crate) async fn change(
        &self,
        operation: &'static str,
        parts: &'static [Part],
        values: Vec<Datum>,
    ) -> Result<Changed, AccountsError> {
        let changed = self.tables.change(operation, parts, values).await;
        changed.map_err(|source| AccountsError::Statement { operation, source })
    }
}

pub(super) fn is_duplicate(error: &AccountsError) -> bool {
    error.kind() == Some(ErrorKind::Duplicate)
}
