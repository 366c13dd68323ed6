CREATE TABLE cloakroom_users (
    -- 32 hex digits, the subject of the user's sessions.
    id                     text   COLLATE "C" NOT NULL PRIMARY KEY,
    -- In lower case; what the owner chose stands beside it.
    name                   text   COLLATE "C" NOT NULL UNIQUE,
    name_as_typed          text   COLLATE "C" NOT NULL,
    role                   text   COLLATE "C" NOT NULL CHECK (role IN ('member', 'administrator')),
    -- Argon2id in PHC format.
    password_hash          text   COLLATE "C" NOT NULL,
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    password_changed_at_ms bigint NOT NULL,
    created_at_ms          bigint NOT NULL,
    -- NULL while the account is enabled.
    disabled_at_ms         bigint,
    -- 1 for the administrator whom a set-up link made: there can be one.
    founder                integer UNIQUE CHECK (founder = 1)
);

CREATE TABLE cloakroom_setup_links (
    token_sha256  bytea  NOT NULL PRIMARY KEY CHECK (length(token_sha256) = 32),
    expires_at_ms bigint NOT NULL
);

CREATE VIEW cloakroom_users_readable AS
    SELECT name, role, id,
           to_timestamp(created_at_ms / 1000.0) AT TIME ZONE 'UTC'          AS created_utc,
           to_timestamp(password_changed_at_ms / 1000.0) AT TIME ZONE 'UTC' AS password_changed_utc,
           to_timestamp(disabled_at_ms / 1000.0) AT TIME ZONE 'UTC'         AS disabled_utc
    FROM cloakroom_users ORDER BY name;
