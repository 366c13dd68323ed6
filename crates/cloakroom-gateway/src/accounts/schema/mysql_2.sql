-- What applications are told of a user. Of a user without a row nothing more is known.
CREATE TABLE IF NOT EXISTS cloakroom_profiles (
    user_id      char(32)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    display_name varchar(128)  CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    email        varchar(254)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- Names in order, separated by commas.
    group_names  varchar(4160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Counts the changes, so that of two that were made at once neither is lost.
    version      bigint        NOT NULL
) ENGINE = InnoDB;

CREATE OR REPLACE VIEW cloakroom_users_readable AS
    SELECT name, role, id, display_name, email, group_names,
           TIMESTAMPADD(SECOND, created_at_ms DIV 1000, '1970-01-01 00:00:00')          AS created_utc,
           TIMESTAMPADD(SECOND, password_changed_at_ms DIV 1000, '1970-01-01 00:00:00') AS password_changed_utc,
           TIMESTAMPADD(SECOND, disabled_at_ms DIV 1000, '1970-01-01 00:00:00')         AS disabled_utc
    FROM cloakroom_users LEFT JOIN cloakroom_profiles ON user_id = id ORDER BY name;
