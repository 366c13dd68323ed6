CREATE TABLE IF NOT EXISTS cloakroom_sessions (
    -- The public handle of the session. It proves nothing; the secret beside it in the cookie does.
    id           binary(16)     NOT NULL PRIMARY KEY,
    -- Whose session it is, in UTF-8, compared octet by octet; NULL for a visitor who has not signed in.
    subject      varbinary(255) NULL,
    -- Times are in milliseconds since 1970-01-01 00:00 UTC.
    created_at   bigint         NOT NULL,
    last_seen_at bigint         NOT NULL,
    expires_at   bigint         NOT NULL,
    -- The IP address that it was begun from, when the application records that.
    address      varchar(45)    CHARACTER SET ascii NULL,
    -- Rises by one with every write but that of activity.
    version      bigint         NOT NULL,
    -- Everything else, encoded. Of the secret in the cookie it has a SHA-256 digest.
    record       mediumblob     NOT NULL,
    KEY cloakroom_sessions_by_subject (subject),
    KEY cloakroom_sessions_by_expiry (expires_at)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS cloakroom_fences (
    -- Every subject belongs to one of 1024 buckets. Whoever signs one in or revokes it locks its bucket.
    bucket    int    NOT NULL PRIMARY KEY,
    -- Counts the revocations of whole subjects; a sign-in that began at a smaller number may have lost.
    number    bigint NOT NULL DEFAULT 0,
    -- Whose revocations they were is known above this number; a sign-in that began below it has lost.
    forgotten bigint NOT NULL DEFAULT 0
) ENGINE = InnoDB;

INSERT IGNORE INTO cloakroom_fences (bucket)
    WITH digits AS (SELECT 0 AS digit UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)
    SELECT a.digit + 4 * b.digit + 16 * c.digit + 64 * d.digit + 256 * e.digit
    FROM digits AS a, digits AS b, digits AS c, digits AS d, digits AS e;

CREATE TABLE IF NOT EXISTS cloakroom_revocations (
    bucket  int            NOT NULL,
    number  bigint         NOT NULL,
    -- Who was signed out everywhere.
    subject varbinary(255) NOT NULL,
    PRIMARY KEY (bucket, number)
) ENGINE = InnoDB;

CREATE OR REPLACE VIEW cloakroom_sessions_readable AS
    SELECT lower(hex(id)) AS id,
           CONVERT(subject USING utf8mb4) AS subject,
           TIMESTAMPADD(SECOND, created_at DIV 1000, '1970-01-01 00:00:00')   AS created_utc,
           TIMESTAMPADD(SECOND, last_seen_at DIV 1000, '1970-01-01 00:00:00') AS last_seen_utc,
           -- NULL for a session without an end.
           CASE WHEN expires_at <= 253402300799999
                THEN TIMESTAMPADD(SECOND, expires_at DIV 1000, '1970-01-01 00:00:00') END AS expires_utc,
           address,
           version,
           length(record) AS record_octets
    FROM cloakroom_sessions;
