-- Keys of services for the JSON API.
CREATE TABLE IF NOT EXISTS cloakroom_api_keys (
    -- 16 hex digits, the public half of a key.
    id              char(16)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name            varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Names in order, separated by blanks.
    scopes          varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- Of the secret half, which is kept nowhere.
    secret_sha256   binary(32)   NOT NULL,
    created_at_ms   bigint       NOT NULL,
    -- NULL for a key without an end.
    expires_at_ms   bigint       NULL,
    -- NULL until somebody revokes it.
    revoked_at_ms   bigint       NULL,
    -- The beginning of the hour in which it was last used.
    last_used_at_ms bigint       NULL
) ENGINE = InnoDB;
