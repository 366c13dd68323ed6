-- The audit trail, and the clock of whoever keeps it.
CREATE TABLE IF NOT EXISTS cloakroom_events (
    -- Given by the row of cloakroom_event_numbers, in the transaction that writes this one.
    id           bigint       NOT NULL PRIMARY KEY,
    at_ms        bigint       NOT NULL,
    kind         varchar(40)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    severity     varchar(10)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The number of a user, and the name in lower case.
    subject      char(32)     CHARACTER SET ascii COLLATE ascii_bin NULL,
    subject_name varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    session_id   char(32)     CHARACTER SET ascii COLLATE ascii_bin NULL,
    address      varchar(45)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    agent        varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    app          varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- Who did it: a word, a colon and a name, such as user:alice.
    actor        varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason       varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    detail       varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    request      varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- Which process wrote it, and how many it had seen by then. A gap in these numbers is an event that is in the log alone.
    instance     char(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    number       bigint       NOT NULL,
    UNIQUE KEY cloakroom_events_by_count (instance, number),
    KEY cloakroom_events_by_time (at_ms, id),
    KEY cloakroom_events_by_subject (subject, at_ms, id),
    KEY cloakroom_events_by_kind (kind, at_ms, id)
) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS cloakroom_event_numbers (
    only_row bigint NOT NULL PRIMARY KEY,
    last_id  bigint NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO cloakroom_event_numbers (only_row, last_id) VALUES (1, 0);
CREATE OR REPLACE VIEW cloakroom_clock AS
    SELECT CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED) AS now_ms;
