-- MySQL has no CREATE INDEX IF NOT EXISTS, and a step that broke off is taken again.
SET @found = (SELECT count(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
    AND table_name = 'cloakroom_sessions' AND index_name = 'cloakroom_sessions_by_creation');
SET @statement = IF(@found > 0, 'DO 0', 'ALTER TABLE cloakroom_sessions
    ADD KEY cloakroom_sessions_by_creation (created_at, id),
    ADD KEY cloakroom_sessions_by_address (address, created_at, id)');
PREPARE missing FROM @statement;
EXECUTE missing;
DEALLOCATE PREPARE missing;
