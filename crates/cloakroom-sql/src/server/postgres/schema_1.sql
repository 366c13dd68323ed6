CREATE TABLE cloakroom_sessions (
    -- The public handle of the session, 16 octets. It proves nothing; the secret beside it in the cookie does.
    id           bytea   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Whose session it is; NULL for a visitor who has not signed in.
    subject      text    COLLATE "C" CHECK (subject <> ''),
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    created_at   bigint  NOT NULL,
    last_seen_at bigint  NOT NULL,
    expires_at   bigint  NOT NULL,
    -- The IP address that it was begun from, when the application records that.
    address      text    COLLATE "C",
    -- Rises by one with every write but that of activity.
    version      bigint  NOT NULL CHECK (version > 0),
    -- Everything else, encoded. Of the secret in the cookie it has a SHA-256 digest.
    record       bytea   NOT NULL
);

CREATE INDEX cloakroom_sessions_by_subject ON cloakroom_sessions (subject) WHERE subject IS NOT NULL;
CREATE INDEX cloakroom_sessions_by_expiry ON cloakroom_sessions (expires_at);

CREATE TABLE cloakroom_fences (
    -- Every subject belongs to one of 1024 buckets. Whoever signs one in or revokes it locks its bucket.
    bucket    integer NOT NULL PRIMARY KEY,
    -- Counts the revocations of whole subjects; a sign-in that began at a smaller number may have lost.
    number    bigint  NOT NULL DEFAULT 0,
    -- Whose revocations they were is known above this number; a sign-in that began below it has lost.
    forgotten bigint  NOT NULL DEFAULT 0
);

INSERT INTO cloakroom_fences (bucket) SELECT generate_series(0, 1023);

CREATE TABLE cloakroom_revocations (
    bucket  integer NOT NULL,
    number  bigint  NOT NULL,
    -- Who was signed out everywhere.
    subject text    COLLATE "C" NOT NULL,
    PRIMARY KEY (bucket, number)
);

CREATE VIEW cloakroom_sessions_readable AS
    SELECT encode(id, 'hex') AS id,
           subject,
           to_timestamp(least(created_at, 253402300799999) / 1000.0) AT TIME ZONE 'UTC'   AS created_utc,
           to_timestamp(least(last_seen_at, 253402300799999) / 1000.0) AT TIME ZONE 'UTC' AS last_seen_utc,
           CASE WHEN expires_at > 253402300799999 THEN 'infinity'
                ELSE to_timestamp(expires_at / 1000.0) AT TIME ZONE 'UTC' END             AS expires_utc,
           address,
           version,
           length(record) AS record_octets
    FROM cloakroom_sessions;
