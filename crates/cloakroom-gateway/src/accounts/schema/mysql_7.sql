-- Users with a third role, found by role and state. Each statement commits, so each sees first whether it was done before.
-- MariaDB keeps the check of a column with the column, and MySQL beside it, under a name of its own.
ALTER TABLE cloakroom_users
    MODIFY COLUMN role varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;
SET @step = (SELECT IF(COUNT(*) = 0, 'DO 0', 'ALTER TABLE cloakroom_users DROP CONSTRAINT cloakroom_users_chk_1')
    FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND table_name = 'cloakroom_users' AND constraint_name = 'cloakroom_users_chk_1');
PREPARE step FROM @step;
EXECUTE step;
SET @step = (SELECT IF(COUNT(*) > 0, 'DO 0',
        'ALTER TABLE cloakroom_users ADD CONSTRAINT cloakroom_users_roles CHECK (role IN (''member'', ''auditor'', ''administrator''))')
    FROM information_schema.table_constraints
    WHERE table_schema = DATABASE() AND table_name = 'cloakroom_users' AND constraint_name = 'cloakroom_users_roles');
PREPARE step FROM @step;
EXECUTE step;
SET @step = (SELECT IF(COUNT(*) > 0, 'DO 0',
        'ALTER TABLE cloakroom_users
            ADD COLUMN is_disabled bigint GENERATED ALWAYS AS (IF(disabled_at_ms IS NULL, 0, 1)) STORED,
            ADD KEY cloakroom_users_by_role (role, name),
            ADD KEY cloakroom_users_by_state (is_disabled, name),
            ADD KEY cloakroom_users_by_role_and_state (role, is_disabled, name)')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'cloakroom_users' AND column_name = 'is_disabled');
PREPARE step FROM @step;
EXECUTE step;
SET @step = (SELECT IF(COUNT(*) > 0, 'DO 0',
        'ALTER TABLE cloakroom_profiles
            ADD COLUMN email_key varchar(254) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (LOWER(email)) STORED,
            ADD KEY cloakroom_profiles_by_email (email_key, user_id)')
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'cloakroom_profiles' AND column_name = 'email_key');
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- Links by which users set a password of their own.
CREATE TABLE IF NOT EXISTS cloakroom_reset_links (
    token_sha256  binary(32) NOT NULL PRIMARY KEY,
    user_id       char(32)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at_ms bigint     NOT NULL,
    KEY cloakroom_reset_links_of (user_id)
) ENGINE = InnoDB;

-- Whoever may take an administrator away writes to this row first, one after the other.
CREATE TABLE IF NOT EXISTS cloakroom_administration (
    only_row       bigint NOT NULL PRIMARY KEY,
    changes        bigint NOT NULL,
    -- As many as could sign in when the last of these changes began.
    administrators bigint NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO cloakroom_administration (only_row, changes, administrators) VALUES (1, 0, 0);
