//! The accounts' tables: all that differs between the databases.
//!
//! | | SQLite | PostgreSQL | MySQL, MariaDB |
//! |---|---|---|---|
//! | texts | `TEXT`, compared octet by octet | `text` in the collation "C", which does so too | ASCII in `ascii_bin`, others in `utf8mb4_bin`, likewise |
//! | a digest | `BLOB` | `bytea` | `binary(32)` |
//! | a script | done as a whole | done as a whole | each statement commits, and can be run again |
//! | tables of earlier releases | taken over | there are none | there are none |

use cloakroom_stores::TableSchema;

/// The tables `cloakroom_users`, `cloakroom_profiles`, `cloakroom_setup_links`, `cloakroom_signing_keys`, `cloakroom_api_keys`, `cloakroom_events`,
/// `cloakroom_event_numbers`, `cloakroom_reset_links`, `cloakroom_administration` and
/// `cloakroom_samples`, and the views `cloakroom_users_readable` and `cloakroom_clock`.
pub(super) const SCHEMA: TableSchema = TableSchema {
    component: "accounts",
    sqlite: &[
        include_str!("schema/sqlite_1.sql"),
        include_str!("schema/sqlite_2.sql"),
        include_str!("schema/sqlite_3.sql"),
        include_str!("schema/sqlite_4.sql"),
        include_str!("schema/sqlite_5.sql"),
        include_str!("schema/sqlite_6.sql"),
        include_str!("schema/sqlite_7.sql"),
        include_str!("schema/sqlite_8.sql"),
    ],
    postgres: &[
        include_str!("schema/postgres_1.sql"),
        include_str!("schema/postgres_2.sql"),
        include_str!("schema/postgres_3.sql"),
        include_str!("schema/postgres_4.sql"),
        include_str!("schema/postgres_5.sql"),
        include_str!("schema/postgres_6.sql"),
        include_str!("schema/postgres_7.sql"),
        include_str!("schema/postgres_8.sql"),
    ],
    mysql: &[
        include_str!("schema/mysql_1.sql"),
        include_str!("schema/mysql_2.sql"),
        include_str!("schema/mysql_3.sql"),
        include_str!("schema/mysql_4.sql"),
        include_str!("schema/mysql_5.sql"),
        include_str!("schema/mysql_6.sql"),
        include_str!("schema/mysql_7.sql"),
        include_str!("schema/mysql_8.sql"),
    ],
};
