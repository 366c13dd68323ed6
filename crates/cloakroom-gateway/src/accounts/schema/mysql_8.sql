-- What the overview of the administration shows, and the trail by address.
CREATE TABLE IF NOT EXISTS cloakroom_samples (
    -- hour, day or week: rows of a minute, of a quarter of an hour, of two hours.
    span        varchar(8)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- When the time begins that was counted in.
    at_ms       bigint       NOT NULL,
    -- Which process counted; nobody else writes its rows.
    instance    char(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sign_ins    bigint       NOT NULL,
    failures    bigint       NOT NULL,
    revocations bigint       NOT NULL,
    -- How many there were at most, which all instances have in common; NULL where nobody has counted them.
    sessions    bigint       NULL,
    -- How many calls of the store took up to how long, with commas between.
    lookups     varchar(400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    changes     varchar(400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (span, at_ms, instance)
) ENGINE = InnoDB;
-- A filter of several questions is answered from one index. MySQL has no CREATE INDEX IF NOT EXISTS, and a step that broke off is taken
-- again.
SET @found = (SELECT count(*) FROM information_schema.statistics WHERE table_schema = DATABASE()
    AND table_name = 'cloakroom_events' AND index_name = 'cloakroom_events_by_address');
SET @statement = IF(@found > 0, 'DO 0', 'ALTER TABLE cloakroom_events
    DROP KEY cloakroom_events_by_subject,
    ADD KEY cloakroom_events_by_subject (subject, at_ms, id, kind, address),
    ADD KEY cloakroom_events_by_address (address, at_ms, id, kind, subject)');
PREPARE missing FROM @statement;
EXECUTE missing;
DEALLOCATE PREPARE missing;
