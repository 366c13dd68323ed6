-- What applications are told of a user. Of a user without a row nothing more is known.
CREATE TABLE cloakroom_profiles (
    user_id      text   COLLATE "C" NOT NULL PRIMARY KEY,
    display_name text   COLLATE "C",
    email        text   COLLATE "C",
    -- Names in order, separated by commas.
    group_names  text   COLLATE "C" NOT NULL,
    -- Counts the changes, so that of two that were made at once neither is lost.
    version      bigint NOT NULL
);

DROP VIEW cloakroom_users_readable;
CREATE VIEW cloakroom_users_readable AS
    SELECT name, role, id, display_name, email, group_names,
           to_timestamp(created_at_ms / 1000.0) AT TIME ZONE 'UTC'          AS created_utc,
           to_timestamp(password_changed_at_ms / 1000.0) AT TIME ZONE 'UTC' AS password_changed_utc,
           to_timestamp(disabled_at_ms / 1000.0) AT TIME ZONE 'UTC'         AS disabled_utc
    FROM cloakroom_users LEFT JOIN cloakroom_profiles ON user_id = id ORDER BY name;
