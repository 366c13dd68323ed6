//! What each application keeps in a session.

use serde::{Deserialize, Serialize};

/// Typed data, as an application would have it: read from the session by every request to the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose session it is.
    pub user_id: u64,
    /// What the user may do.
    pub role: Role,
    /// When the user signed in, in seconds since the Unix epoch.
    pub created_at: u64,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Reads.
    Reader,
    /// Writes, too.
    Editor,
    /// Decides who may do what.
    Administrator,
}

impl Profile {
    /// The profile of this user.
    pub const fn of(user_id: u64) -> Self {
        Self { user_id, role: Role::Editor, created_at: 1_800_000_000 }
    }
}
