-- The tables of a file from before accounts could be on servers are taken over as they are.
CREATE TABLE IF NOT EXISTS users (
    -- 32 hex digits, the subject of the user's sessions.
    id                     TEXT    NOT NULL PRIMARY KEY,
    -- In lower case; what the owner chose stands beside it.
    name                   TEXT    NOT NULL UNIQUE,
    name_as_typed          TEXT    NOT NULL,
    role                   TEXT    NOT NULL CHECK (role IN ('member', 'administrator')),
    -- Argon2id in PHC format.
    password_hash          TEXT    NOT NULL,
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    password_changed_at_ms INTEGER NOT NULL,
    created_at_ms          INTEGER NOT NULL,
    -- NULL while the account is enabled.
    disabled_at_ms         INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS setup_links (
    token_sha256  BLOB    NOT NULL PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
) STRICT;

DROP VIEW IF EXISTS users_readable;
ALTER TABLE users RENAME TO cloakroom_users;
ALTER TABLE setup_links RENAME TO cloakroom_setup_links;

-- 1 for the administrator whom a set-up link made: there can be one.
ALTER TABLE cloakroom_users ADD COLUMN founder INTEGER CHECK (founder = 1);
CREATE UNIQUE INDEX cloakroom_users_founder ON cloakroom_users (founder);

CREATE VIEW cloakroom_users_readable AS
    SELECT name, role, id,
           datetime(created_at_ms / 1000, 'unixepoch')          AS created_utc,
           datetime(password_changed_at_ms / 1000, 'unixepoch') AS password_changed_utc,
           datetime(disabled_at_ms / 1000, 'unixepoch')         AS disabled_utc
    FROM cloakroom_users ORDER BY name;

-- A program from before finds a later version than it knows, and refuses the file.
CREATE TABLE IF NOT EXISTS accounts_schema (version INTEGER NOT NULL) STRICT;
DELETE FROM accounts_schema;
INSERT INTO accounts_schema VALUES (2);
