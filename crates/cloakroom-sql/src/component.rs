//! Whose tables, and how they come to be.

/// A set of tables that is brought up to date as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Component {
    /// Under which name `cloakroom_migrations` says how far it is.
    pub(crate) name: &'static str,
    /// One step for each version, the oldest first. A released one is never changed.
    pub(crate) steps: &'static [&'static str],
}

/// The name of the tables of sessions.
pub(crate) const SESSIONS: &str = "sessions";

/// The name of the indexes that a search goes by.
pub(crate) const SEARCH: &str = "search";

impl Component {
    /// The latest version that this release knows.
    pub(crate) fn known(&self) -> u32 {
        u32::try_from(self.steps.len()).expect("there are few steps")
    }
}
