-- The audit trail, and the clock of whoever keeps it.
CREATE TABLE cloakroom_events (
    -- Given by the row of cloakroom_event_numbers, in the transaction that writes this one.
    id           bigint NOT NULL PRIMARY KEY,
    at_ms        bigint NOT NULL,
    kind         text   COLLATE "C" NOT NULL,
    severity     text   COLLATE "C" NOT NULL,
    -- The number of a user, and the name in lower case.
    subject      text   COLLATE "C",
    subject_name text   COLLATE "C",
    session_id   text   COLLATE "C",
    address      text   COLLATE "C",
    agent        text   COLLATE "C",
    app          text   COLLATE "C",
    -- Who did it: a word, a colon and a name, such as user:alice.
    actor        text   COLLATE "C" NOT NULL,
    reason       text   COLLATE "C",
    detail       text   COLLATE "C",
    request      text   COLLATE "C",
    -- Which process wrote it, and how many it had seen by then. A gap in these numbers is an event that is in the log alone.
    instance     text   COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    UNIQUE (instance, number)
);
CREATE INDEX cloakroom_events_by_time ON cloakroom_events (at_ms, id);
CREATE INDEX cloakroom_events_by_subject ON cloakroom_events (subject, at_ms, id);
CREATE INDEX cloakroom_events_by_kind ON cloakroom_events (kind, at_ms, id);
CREATE TABLE cloakroom_event_numbers (
    only_row bigint NOT NULL PRIMARY KEY CHECK (only_row = 1),
    last_id  bigint NOT NULL
);
INSERT INTO cloakroom_event_numbers (only_row, last_id) VALUES (1, 0);
CREATE VIEW cloakroom_clock AS
    SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint) AS now_ms;
