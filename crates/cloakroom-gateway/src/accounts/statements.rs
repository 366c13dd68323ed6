//! What is asked of the accounts' tables, in the SQL that every database understands.

use cloakroom_stores::Part;

/// The columns of a user, in the order in which [`rows`](super::rows) reads them.
macro_rules! columns {
    () => {
        "id, name_as_typed, role, created_at_ms, password_changed_at_ms, disabled_at_ms, password_hash, display_name, \
         email, group_names, version"
    };
}

/// Users with their profiles, of which not everyone has one.
macro_rules! users {
    () => {
        concat!("SELECT ", columns!(), " FROM cloakroom_users LEFT JOIN cloakroom_profiles ON user_id = id ")
    };
}

/// The user of a name in lower case.
pub(super) const BY_NAME: &str = concat!(users!(), "WHERE name = $1");

/// The user of a number.
pub(super) const BY_ID: &str = concat!(users!(), "WHERE id = $1");

/// Every user.
pub(super) const ALL: &str = concat!(users!(), "ORDER BY name");

/// The first `$2` users whose names come after `$1`.
pub(super) const AFTER: &str = concat!(users!(), "WHERE name > $1 ORDER BY name LIMIT $2");

/// The first `$3` users from the name `$1` up to `$2`: of any role and state, of the role `$4`, of the state `$4`, and of the role `$4`
/// and the state `$5`.
pub(super) const SEARCH: [&str; 4] = [
    concat!(users!(), "WHERE name >= $1 AND name < $2 ORDER BY name LIMIT $3"),
    concat!(users!(), "WHERE role = $4 AND name >= $1 AND name < $2 ORDER BY name LIMIT $3"),
    concat!(users!(), "WHERE is_disabled = $4 AND name >= $1 AND name < $2 ORDER BY name LIMIT $3"),
    concat!(
        users!(),
        "WHERE role = $4 AND is_disabled = $5 AND name >= $1 AND name < $2 ORDER BY name LIMIT $3"
    ),
];

/// The first `$3` users from the e-mail address `$1` up to `$2`, of that first one those behind the number `$4`.
pub(super) const SEARCH_BY_EMAIL: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM cloakroom_profiles JOIN cloakroom_users ON id = user_id
        WHERE email_key >= $1 AND email_key < $2 AND (email_key > $1 OR user_id > $4)
        ORDER BY email_key, user_id LIMIT $3"
);

/// How many users [`NAMES`] asks for.
pub(super) const NAMES_AT_ONCE: usize = 50;

/// The names of users, by their numbers; one may be there more than once.
pub(super) const NAMES: &str = "SELECT id, name_as_typed FROM cloakroom_users WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
    $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, \
    $42, $43, $44, $45, $46, $47, $48, $49, $50)";

/// The time by the database's clock.
pub(super) const NOW: &str = "SELECT now_ms FROM cloakroom_clock";

/// A row if anybody has an account.
pub(super) const ANYBODY: &str = "SELECT 1 FROM cloakroom_users LIMIT 1";

/// A row if the link `$1` works at the time `$2`.
pub(super) const LINK_WORKS: &str = "SELECT 1 FROM cloakroom_setup_links
    WHERE token_sha256 = $1 AND expires_at_ms > $2 AND NOT EXISTS (SELECT 1 FROM cloakroom_users)";

/// A user: number, name in lower case and as typed, role, hash, the time, and 1 for the founder.
pub(super) const INSERT_USER: Part = Part::Must(
    "INSERT INTO cloakroom_users
        (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms, founder)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
);

/// Their profile: display name, e-mail address and groups.
pub(super) const INSERT_PROFILE: Part = Part::Must(
    "INSERT INTO cloakroom_profiles (user_id, display_name, email, group_names, version)
        VALUES ($1, $8, $9, $10, 0)",
);

/// Makes a user. That nobody else has the name is the unique index's business.
pub(super) const ADD: &[Part] = &[INSERT_USER, INSERT_PROFILE];

/// Makes the founder by the link `$11`, which can be used once, whoever asks at the same moment and wherever.
///
/// Whoever is second with one link finds it gone. Whoever is second with another link meets the unique index of founders.
pub(super) const SET_UP: &[Part] = &[
    Part::Must(
        "DELETE FROM cloakroom_setup_links
            WHERE token_sha256 = $11 AND expires_at_ms > $6 AND NOT EXISTS (SELECT 1 FROM cloakroom_users)",
    ),
    INSERT_USER,
    INSERT_PROFILE,
];

/// Removes all links, none of which works once there is a user.
pub(super) const FORGET_LINKS: &[Part] = &[Part::May("DELETE FROM cloakroom_setup_links")];

/// A link `$1` that works until `$2`; those that have ended by `$3` go.
pub(super) const ISSUE_LINK: &[Part] = &[
    Part::May("DELETE FROM cloakroom_setup_links WHERE expires_at_ms <= $3"),
    Part::Must("INSERT INTO cloakroom_setup_links (token_sha256, expires_at_ms) VALUES ($1, $2)"),
];

/// Another password of the user `$1`, set at `$3`.
///
/// Links by which somebody else could set yet another are dead then.
pub(super) const SET_PASSWORD: &[Part] = &[
    Part::Must("UPDATE cloakroom_users SET password_hash = $2, password_changed_at_ms = $3 WHERE id = $1"),
    FORGET_RESET_LINKS,
];

/// Another password of the user `$1`, set at `$3` by whoever has proved the one that was set at `$4`.
///
/// Another that was set since then stands, and so does that the account is disabled.
pub(super) const CHANGE_PASSWORD: &[Part] = &[
    Part::Must(
        "UPDATE cloakroom_users SET password_hash = $2, password_changed_at_ms = $3
            WHERE id = $1 AND password_changed_at_ms = $4 AND disabled_at_ms IS NULL",
    ),
    FORGET_RESET_LINKS,
];

/// Every link of the user `$1`.
pub(super) const FORGET_RESET_LINKS: Part = Part::May("DELETE FROM cloakroom_reset_links WHERE user_id = $1");

/// The profile of the user `$1`, which no one has changed since it was read as of version `$2`.
///
/// Of two who begin the profile of a user that has none, one meets the primary key.
pub(super) const SET_PROFILE: &[Part] = &[
    Part::May(
        "INSERT INTO cloakroom_profiles (user_id, group_names, version)
            SELECT id, '', 0 FROM cloakroom_users
            WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM cloakroom_profiles WHERE user_id = $1)",
    ),
    Part::Must(
        "UPDATE cloakroom_profiles
            SET display_name = $3, email = $4, group_names = $5, version = version + 1
            WHERE user_id = $1 AND version = $2",
    ),
];

/// A stronger hash of the same password.
pub(super) const STRENGTHEN: &[Part] =
    &[Part::May("UPDATE cloakroom_users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")];

/// Whoever may take an administrator away comes one after the other from here on, in every database.
///
/// What a transaction reads behind this row is what the one before it has left: `READ COMMITTED` takes a new look for each
/// statement, and `SQLite` has one writer.
const TAKE_TURNS: Part =
    Part::Must("UPDATE cloakroom_administration SET changes = changes + 1 WHERE only_row = 1");

/// How many administrators could sign in before.
const COUNT_BEFORE: Part = Part::May(
    "UPDATE cloakroom_administration SET administrators =
        (SELECT COUNT(*) FROM cloakroom_users WHERE role = 'administrator' AND is_disabled = 0) WHERE only_row = 1",
);

/// Undoes the change if there was an administrator before, and there is none behind it.
const ONE_IS_LEFT: Part = Part::Must(
    "UPDATE cloakroom_administration SET changes = changes + 1 WHERE only_row = 1 AND (administrators = 0
        OR EXISTS (SELECT 1 FROM cloakroom_users WHERE role = 'administrator' AND is_disabled = 0))",
);

/// Disables a user; one who is disabled stays so since then.
pub(super) const DISABLE: &[Part] = &[
    TAKE_TURNS,
    COUNT_BEFORE,
    Part::May("UPDATE cloakroom_users SET disabled_at_ms = $2 WHERE id = $1 AND disabled_at_ms IS NULL"),
    FORGET_RESET_LINKS,
    ONE_IS_LEFT,
];

/// Gives the user `$1` the role `$2`.
pub(super) const SET_ROLE: &[Part] =
    &[TAKE_TURNS, COUNT_BEFORE, Part::May("UPDATE cloakroom_users SET role = $2 WHERE id = $1"), ONE_IS_LEFT];

/// Enables a user.
pub(super) const ENABLE: &[Part] =
    &[Part::May("UPDATE cloakroom_users SET disabled_at_ms = NULL WHERE id = $1")];
