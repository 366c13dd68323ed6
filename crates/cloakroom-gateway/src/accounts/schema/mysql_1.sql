CREATE TABLE IF NOT EXISTS cloakroom_users (
    -- 32 hex digits, the subject of the user's sessions.
    id                     char(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    -- In lower case; what the owner chose stands beside it.
    name                   varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    name_as_typed          varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    role                   varchar(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL
                                        CHECK (role IN ('member', 'administrator')),
    -- Argon2id in PHC format.
    password_hash          varchar(512) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    password_changed_at_ms bigint       NOT NULL,
    created_at_ms          bigint       NOT NULL,
    -- NULL while the account is enabled.
    disabled_at_ms         bigint       NULL,
    -- 1 for the administrator whom a set-up link made: there can be one.
    founder                int          NULL UNIQUE CHECK (founder = 1)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS cloakroom_setup_links (
    token_sha256  binary(32) NOT NULL PRIMARY KEY,
    expires_at_ms bigint     NOT NULL
) ENGINE = InnoDB;

CREATE OR REPLACE VIEW cloakroom_users_readable AS
    SELECT name, role, id,
           TIMESTAMPADD(SECOND, created_at_ms DIV 1000, '1970-01-01 00:00:00')          AS created_utc,
           TIMESTAMPADD(SECOND, password_changed_at_ms DIV 1000, '1970-01-01 00:00:00') AS password_changed_utc,
           TIMESTAMPADD(SECOND, disabled_at_ms DIV 1000, '1970-01-01 00:00:00')         AS disabled_utc
    FROM cloakroom_users ORDER BY name;
