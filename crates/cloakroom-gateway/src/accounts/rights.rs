//! Who may do what, and that somebody is left who may.

use cloakroom::Timestamp;
use cloakroom_stores::{Changed, Datum, Part};

use crate::accounts::rows::{self, time};
use crate::accounts::statements::{DISABLE, ENABLE, SET_ROLE};
use crate::accounts::{Accounts, AccountsError, Role, UserId};

/// What became of a change that takes rights away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Kept {
    /// It is done.
    Done,
    /// It is not, since nobody would be left who administers this installation.
    LastAdministrator,
}

impl Accounts {
    /// Disables an account; the caller ends its sessions afterwards.
    ///
    /// Two administrators who disable each other at once, in whichever processes, come one after the other, and the second is refused.
    pub async fn disable(&self, id: UserId, now: Timestamp) -> Result<Kept, AccountsError> {
        self.take_away("disable a user", DISABLE, vec![rows::id(id), time(now)]).await
    }

    /// Gives a user a role. Under concurrency as [`Accounts::disable`].
    pub async fn set_role(&self, id: UserId, role: Role) -> Result<Kept, AccountsError> {
        self.take_away("change a role", SET_ROLE, vec![rows::id(id), rows::text(role.as_str())]).await
    }

    /// Enables an account again. Sessions that were ended stay ended.
    pub async fn enable(&self, id: UserId) -> Result<(), AccountsError> {
        self.change("enable a user", ENABLE, vec![rows::id(id)]).await.map(drop)
    }

    async fn take_away(
        &self,
        operation: &'static str,
        parts: &'static [Part],
        values: Vec<Datum>,
    ) -> Result<Kept, AccountsError> {
        Ok(match self.change(operation, parts, values).await? {
            Changed::Done => Kept::Done,
            Changed::Undone => Kept::LastAdministrator,
        })
    }
}
