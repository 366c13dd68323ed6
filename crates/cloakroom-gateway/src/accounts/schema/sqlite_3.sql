-- Public keys by which applications verify JWTs. The private halves are nowhere but in the processes that made them.
CREATE TABLE cloakroom_signing_keys (
    -- The thumbprint: the `kid` of tokens.
    id                 TEXT    NOT NULL PRIMARY KEY,
    jwk                TEXT    NOT NULL,
    made_at_ms         INTEGER NOT NULL,
    -- From when its process signs with it.
    signs_from_ms      INTEGER NOT NULL,
    -- NULL until another key is to take its place.
    retired_at_ms      INTEGER,
    -- A process that lives moves this on.
    published_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
