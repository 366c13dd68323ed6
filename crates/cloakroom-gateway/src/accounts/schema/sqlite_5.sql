-- Keys of services for the JSON API.
CREATE TABLE cloakroom_api_keys (
    -- 16 hex digits, the public half of a key.
    id              TEXT    NOT NULL PRIMARY KEY,
    name            TEXT    NOT NULL,
    -- Names in order, separated by blanks.
    scopes          TEXT    NOT NULL,
    -- Of the secret half, which is kept nowhere.
    secret_sha256   BLOB    NOT NULL CHECK (length(secret_sha256) = 32),
    created_at_ms   INTEGER NOT NULL,
    -- NULL for a key without an end.
    expires_at_ms   INTEGER,
    -- NULL until somebody revokes it.
    revoked_at_ms   INTEGER,
    -- The beginning of the hour in which it was last used.
    last_used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
