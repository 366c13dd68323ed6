//! The set-up of the first administrator, by a one-time link.

use cloakroom::Timestamp;
use cloakroom_stores::{Changed, Datum};

use crate::accounts::database::is_duplicate;
use crate::accounts::rows::{self, time};
use crate::accounts::statements::{FORGET_LINKS, ISSUE_LINK, LINK_WORKS, SET_UP};
use crate::accounts::{Accounts, AccountsError, LinkToken, NewUser, User};

/// What became of an attempt to set up the first administrator.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum SetUp {
    /// The administrator exists now, and no link works any more.
    Done(User),
    /// The link was used, is too old, was never issued, or users exist already.
    LinkDead,
}

impl Accounts {
    /// Lets a token set up the first administrator, beside those that other instances have issued.
    pub async fn issue_setup_link(&self, token: &LinkToken, now: Timestamp) -> Result<(), AccountsError> {
        let values = vec![token.datum(), time(now.after(LinkToken::SETUP_LIFETIME)), time(now)];
        self.change("store a set-up link", ISSUE_LINK, values).await.map(drop)
    }

    /// Whether a set-up link still works.
    pub async fn setup_link_works(&self, token: &LinkToken, now: Timestamp) -> Result<bool, AccountsError> {
        let values = vec![token.datum(), time(now)];
        Ok(!self.read("check a set-up link", LINK_WORKS, values).await?.is_empty())
    }

    /// Makes the first administrator, once: every link is dead when this returns, on every instance.
    pub async fn set_up(
        &self,
        token: &LinkToken,
        new: NewUser,
        now: Timestamp,
    ) -> Result<SetUp, AccountsError> {
        let mut values = rows::values(&new, now, Datum::Number(1));
        values.push(token.datum());
        match self.change("set up the first administrator", SET_UP, values).await {
            Ok(Changed::Done) => {}
            Ok(Changed::Undone) => return Ok(SetUp::LinkDead),
            Err(error) if is_duplicate(&error) => return Ok(SetUp::LinkDead),
            Err(error) => return Err(error),
        }
        if let Err(error) = self.change("remove set-up links", FORGET_LINKS, Vec::new()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "links that are dead remain in their table"
            );
        }
        Ok(SetUp::Done(rows::made(new, now)))
    }
}
