-- What the overview of the administration shows, and the trail by address.
CREATE TABLE cloakroom_samples (
    -- hour, day or week: rows of a minute, of a quarter of an hour, of two hours.
    span        text   COLLATE "C" NOT NULL,
    -- When the time begins that was counted in.
    at_ms       bigint NOT NULL,
    -- Which process counted; nobody else writes its rows.
    instance    text   COLLATE "C" NOT NULL,
    sign_ins    bigint NOT NULL,
    failures    bigint NOT NULL,
    revocations bigint NOT NULL,
    -- How many there were at most, which all instances have in common; NULL where nobody has counted them.
    sessions    bigint,
    -- How many calls of the store took up to how long, with commas between.
    lookups     text   COLLATE "C" NOT NULL,
    changes     text   COLLATE "C" NOT NULL,
    PRIMARY KEY (span, at_ms, instance)
);
-- A filter of several questions is answered from one index.
DROP INDEX cloakroom_events_by_subject;
CREATE INDEX cloakroom_events_by_subject ON cloakroom_events (subject, at_ms, id, kind, address);
CREATE INDEX cloakroom_events_by_address ON cloakroom_events (address, at_ms, id, kind, subject);
