//! Why something could not be done with accounts or sessions.

use cloakroom::{EntropyError, InvalidLifetime, SessionId};
use cloakroom_stores::OpenError;
use thiserror::Error;

use crate::accounts::api_key::ApiKeyId;
use crate::accounts::password::{HashError, PasswordRefusal};
use crate::accounts::{AccountsError, TooManyGroups};
use crate::config::AppName;

/// An installation could not do what it was asked to.
#[derive(Debug, Error)]
pub enum InstallationError {
    /// The accounts' database failed.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// It was done, and could not be written down in the trail of events.
    #[error("it is done, but the event could not be written down")]
    Unrecorded(#[source] AccountsError),
    /// A password could not be hashed or checked.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The sessions could not be read or written.
    #[error(transparent)]
    Sessions(#[from] cloakroom::Error),
    /// The sessions' store could not be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The store finds nobody's sessions.
    #[error("the store cannot find the sessions of a user, which the account page and every revocation need")]
    NoIndex,
    /// The lifetime in the settings is none.
    #[error(transparent)]
    Lifetime(#[from] InvalidLifetime),
    /// The new password does not meet the policy.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// Nobody has this name.
    #[error("there is no user {0:?}")]
    NoSuchUser(String),
    /// Somebody has this name.
    #[error("there is a user {0:?} already")]
    NameTaken(String),
    /// Nobody would be left who administers the installation.
    #[error("{0:?} is the last administrator who can sign in; make somebody else one first")]
    LastAdministrator(String),
    /// Somebody is linked to this identity.
    #[error("a user is linked to this subject already")]
    IdentityTaken,
    /// The user is not linked to this identity.
    #[error("the user is not linked to this subject")]
    NoSuchIdentity,
    /// The user would be in too many groups.
    #[error(transparent)]
    TooManyGroups(#[from] TooManyGroups),
    /// There is no live session with this ID.
    #[error("there is no session {0}")]
    NoSuchSession(SessionId),
    /// No application at an origin of its own has this name.
    #[error("there is no application {0} at an origin of its own")]
    NoSuchApp(AppName),
    /// There is no key with this ID that is not revoked already.
    #[error("there is no API key {0} that is not revoked")]
    NoSuchApiKey(ApiKeyId),
}
