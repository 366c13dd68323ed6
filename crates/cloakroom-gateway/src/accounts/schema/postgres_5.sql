-- Keys of services for the JSON API.
CREATE TABLE cloakroom_api_keys (
    -- 16 hex digits, the public half of a key.
    id              text   COLLATE "C" NOT NULL PRIMARY KEY,
    name            text   COLLATE "C" NOT NULL,
    -- Names in order, separated by blanks.
    scopes          text   COLLATE "C" NOT NULL,
    -- Of the secret half, which is kept nowhere.
    secret_sha256   bytea  NOT NULL CHECK (length(secret_sha256) = 32),
    created_at_ms   bigint NOT NULL,
    -- NULL for a key without an end.
    expires_at_ms   bigint,
    -- NULL until somebody revokes it.
    revoked_at_ms   bigint,
    -- The beginning of the hour in which it was last used.
    last_used_at_ms bigint
);
