-- Users with a third role, found by role and state.
ALTER TABLE cloakroom_users
    DROP CONSTRAINT cloakroom_users_role_check,
    ADD CONSTRAINT cloakroom_users_role_check CHECK (role IN ('member', 'auditor', 'administrator')),
    ADD COLUMN is_disabled bigint NOT NULL GENERATED ALWAYS AS (CASE WHEN disabled_at_ms IS NULL THEN 0 ELSE 1 END) STORED;
CREATE INDEX cloakroom_users_by_role ON cloakroom_users (role, name);
CREATE INDEX cloakroom_users_by_state ON cloakroom_users (is_disabled, name);
CREATE INDEX cloakroom_users_by_role_and_state ON cloakroom_users (role, is_disabled, name);

ALTER TABLE cloakroom_profiles
    ADD COLUMN email_key text COLLATE "C" GENERATED ALWAYS AS (lower(email)) STORED;
CREATE INDEX cloakroom_profiles_by_email ON cloakroom_profiles (email_key, user_id);

-- Links by which users set a password of their own.
CREATE TABLE cloakroom_reset_links (
    token_sha256  bytea  NOT NULL PRIMARY KEY CHECK (length(token_sha256) = 32),
    user_id       text   COLLATE "C" NOT NULL,
    expires_at_ms bigint NOT NULL
);
CREATE INDEX cloakroom_reset_links_of ON cloakroom_reset_links (user_id);

-- Whoever may take an administrator away writes to this row first, one after the other.
CREATE TABLE cloakroom_administration (
    only_row       bigint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    changes        bigint NOT NULL,
    -- As many as could sign in when the last of these changes began.
    administrators bigint NOT NULL
);
INSERT INTO cloakroom_administration (only_row, changes, administrators) VALUES (1, 0, 0);
