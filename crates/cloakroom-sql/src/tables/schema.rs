//! How tables come to be, in each database.

use crate::component::Component;

/// What makes the tables of an application, said to each database in its own words.
///
/// One script for each version, the oldest first; a released one is never changed. What is done to a database stands in its
/// table `cloakroom_migrations`. Of several processes that start together one does it, and the others wait for it.
#[derive(Clone, Copy, Debug)]
pub struct TableSchema {
    /// What the tables are called together, such as `accounts`; never `sessions`.
    pub component: &'static str,
    /// The scripts for SQLite, each done as a whole or not at all.
    pub sqlite: &'static [&'static str],
    /// The scripts for PostgreSQL, each done as a whole or not at all.
    pub postgres: &'static [&'static str],
    /// The scripts for MySQL and MariaDB, which commit every statement: one that broke off is run again from its beginning,
    /// so each statement says `IF NOT EXISTS` or the like.
    pub mysql: &'static [&'static str],
}

impl TableSchema {
    pub(crate) const fn sqlite(&self) -> Component {
        Component { name: self.component, steps: self.sqlite }
    }

    #[cfg(feature = "postgres")]
    pub(crate) const fn postgres(&self) -> Component {
        Component { name: self.component, steps: self.postgres }
    }

    #[cfg(feature = "mysql")]
    pub(crate) const fn mysql(&self) -> Component {
        Component { name: self.component, steps: self.mysql }
    }
}
