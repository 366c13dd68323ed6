-- What applications are told of a user. Of a user without a row nothing more is known.
CREATE TABLE cloakroom_profiles (
    user_id      TEXT    NOT NULL PRIMARY KEY,
    display_name TEXT,
    email        TEXT,
    -- Names in order, separated by commas.
    group_names  TEXT    NOT NULL,
    -- Counts the changes, so that of two that were made at once neither is lost.
    version      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

DROP VIEW cloakroom_users_readable;
CREATE VIEW cloakroom_users_readable AS
    SELECT name, role, id, display_name, email, group_names,
           datetime(created_at_ms / 1000, 'unixepoch')          AS created_utc,
           datetime(password_changed_at_ms / 1000, 'unixepoch') AS password_changed_utc,
           datetime(disabled_at_ms / 1000, 'unixepoch')         AS disabled_utc
    FROM cloakroom_users LEFT JOIN cloakroom_profiles ON user_id = id ORDER BY name;
