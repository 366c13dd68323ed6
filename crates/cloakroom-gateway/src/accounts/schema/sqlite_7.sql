-- Users with a third role, found by role and state. A check cannot be changed in place, so the table is made anew.
DROP VIEW cloakroom_users_readable;
CREATE TABLE cloakroom_users_7 (
    -- 32 hex digits, the subject of the user's sessions.
    id                     TEXT    NOT NULL PRIMARY KEY,
    -- In lower case; what the owner chose stands beside it.
    name                   TEXT    NOT NULL UNIQUE,
    name_as_typed          TEXT    NOT NULL,
    role                   TEXT    NOT NULL CHECK (role IN ('member', 'auditor', 'administrator')),
    -- Argon2id in PHC format.
    password_hash          TEXT    NOT NULL,
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    password_changed_at_ms INTEGER NOT NULL,
    created_at_ms          INTEGER NOT NULL,
    -- NULL while the account is enabled.
    disabled_at_ms         INTEGER,
    -- 1 for the administrator whom a set-up link made: there can be one.
    founder                INTEGER CHECK (founder = 1),
    is_disabled            INTEGER NOT NULL GENERATED ALWAYS AS (disabled_at_ms IS NOT NULL) VIRTUAL
) STRICT;
INSERT INTO cloakroom_users_7
        (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms, disabled_at_ms, founder)
    SELECT id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms, disabled_at_ms, founder
    FROM cloakroom_users;
DROP TABLE cloakroom_users;
ALTER TABLE cloakroom_users_7 RENAME TO cloakroom_users;
CREATE UNIQUE INDEX cloakroom_users_founder ON cloakroom_users (founder);
CREATE INDEX cloakroom_users_by_role ON cloakroom_users (role, name);
CREATE INDEX cloakroom_users_by_state ON cloakroom_users (is_disabled, name);
CREATE INDEX cloakroom_users_by_role_and_state ON cloakroom_users (role, is_disabled, name);

CREATE VIEW cloakroom_users_readable AS
    SELECT name, role, id, display_name, email, group_names,
           datetime(created_at_ms / 1000, 'unixepoch')          AS created_utc,
           datetime(password_changed_at_ms / 1000, 'unixepoch') AS password_changed_utc,
           datetime(disabled_at_ms / 1000, 'unixepoch')         AS disabled_utc
    FROM cloakroom_users LEFT JOIN cloakroom_profiles ON user_id = id ORDER BY name;

ALTER TABLE cloakroom_profiles ADD COLUMN email_key TEXT GENERATED ALWAYS AS (lower(email)) VIRTUAL;
CREATE INDEX cloakroom_profiles_by_email ON cloakroom_profiles (email_key, user_id);

-- Links by which users set a password of their own.
CREATE TABLE cloakroom_reset_links (
    token_sha256  BLOB    NOT NULL PRIMARY KEY,
    user_id       TEXT    NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cloakroom_reset_links_of ON cloakroom_reset_links (user_id);

-- Whoever may take an administrator away writes to this row first, one after the other.
CREATE TABLE cloakroom_administration (
    only_row       INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    changes        INTEGER NOT NULL,
    -- As many as could sign in when the last of these changes began.
    administrators INTEGER NOT NULL
) STRICT;
INSERT INTO cloakroom_administration (only_row, changes, administrators) VALUES (1, 0, 0);
