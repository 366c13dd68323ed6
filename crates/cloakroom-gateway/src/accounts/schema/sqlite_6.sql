-- The audit trail, and the clock of whoever keeps it.
CREATE TABLE cloakroom_events (
    -- Given by the row of cloakroom_event_numbers, in the transaction that writes this one.
    id           INTEGER NOT NULL PRIMARY KEY,
    at_ms        INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    severity     TEXT    NOT NULL,
    -- The number of a user, and the name in lower case.
    subject      TEXT,
    subject_name TEXT,
    session_id   TEXT,
    address      TEXT,
    agent        TEXT,
    app          TEXT,
    -- Who did it: a word, a colon and a name, such as user:alice.
    actor        TEXT    NOT NULL,
    reason       TEXT,
    detail       TEXT,
    request      TEXT,
    -- Which process wrote it, and how many it had seen by then. A gap in these numbers is an event that is in the log alone.
    instance     TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    UNIQUE (instance, number)
) STRICT;
CREATE INDEX cloakroom_events_by_time ON cloakroom_events (at_ms, id);
CREATE INDEX cloakroom_events_by_subject ON cloakroom_events (subject, at_ms, id);
CREATE INDEX cloakroom_events_by_kind ON cloakroom_events (kind, at_ms, id);
CREATE TABLE cloakroom_event_numbers (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    last_id  INTEGER NOT NULL
) STRICT;
INSERT INTO cloakroom_event_numbers (only_row, last_id) VALUES (1, 0);
CREATE VIEW cloakroom_clock AS
    SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms;
