//! One-time links by which users set a password that nobody else has known.

use cloakroom::Timestamp;
use cloakroom_stores::{Changed, Part};

use crate::accounts::password::PasswordHash;
use crate::accounts::rows::{self, hash, time};
use crate::accounts::statements::FORGET_RESET_LINKS;
use crate::accounts::{Accounts, AccountsError, LinkToken, UserId};

/// What became of an attempt to set a password by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Reset {
    /// It is set, and no link of the user works any more.
    Done,
    /// The link was used, is too old, was replaced, or its user is disabled.
    LinkDead,
}

/// A link `$2` of the user `$1` that works until `$3`, in the place of whichever there were. Those that have ended by `$4` go.
const ISSUE: &[Part] = &[
    FORGET_RESET_LINKS,
    Part::May("DELETE FROM cloakroom_reset_links WHERE expires_at_ms <= $4"),
    Part::Must(
        "INSERT INTO cloakroom_reset_links (token_sha256, user_id, expires_at_ms) VALUES ($2, $1, $3)",
    ),
];

/// The user of the link `$1`, if it works at the time `$2`.
const OF_LINK: &str = "SELECT user_id FROM cloakroom_reset_links JOIN cloakroom_users ON id = user_id
    WHERE token_sha256 = $1 AND expires_at_ms > $2 AND disabled_at_ms IS NULL";

/// Sets the password of the user `$1` to `$2` at `$3` by the link `$4`: of many who use it at once, one finds it.
///
/// The user comes first, as in every change that takes links away, so that two of them never wait for each other.
const USE: &[Part] = &[
    Part::Must(
        "UPDATE cloakroom_users SET password_hash = $2, password_changed_at_ms = $3
            WHERE id = $1 AND disabled_at_ms IS NULL",
    ),
    Part::Must(
        "DELETE FROM cloakroom_reset_links WHERE token_sha256 = $4 AND user_id = $1 AND expires_at_ms > $3",
    ),
    FORGET_RESET_LINKS,
];

impl Accounts {
    /// Lets a token set the password of a user until then. Links from before are dead; the password that there is works on.
    pub async fn issue_reset_link(
        &self,
        id: UserId,
        token: &LinkToken,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let values = vec![rows::id(id), token.datum(), time(until), time(now)];
        self.change("store a link", ISSUE, values).await.map(drop)
    }

    /// The user whose password a link sets, while it works.
    pub async fn user_of_reset_link(
        &self,
        token: &LinkToken,
        now: Timestamp,
    ) -> Result<Option<UserId>, AccountsError> {
        let rows = self.read("check a link", OF_LINK, vec![token.datum(), time(now)]).await?;
        rows.first().map(|row| rows::parsed(row, 0, "user_id", |text| text.parse().ok())).transpose()
    }

    /// Sets the password of a user by a link, once; the caller ends the user's sessions afterwards.
    pub async fn reset_by_link(
        &self,
        id: UserId,
        token: &LinkToken,
        new: PasswordHash,
        now: Timestamp,
    ) -> Result<Reset, AccountsError> {
        let values = vec![rows::id(id), hash(&new), time(now), token.datum()];
        Ok(match self.change("set a password by a link", USE, values).await? {
            Changed::Done => Reset::Done,
            Changed::Undone => Reset::LinkDead,
        })
    }
}
