-- Public keys by which applications verify JWTs. The private halves are nowhere but in the processes that made them.
CREATE TABLE IF NOT EXISTS cloakroom_signing_keys (
    -- The thumbprint: the `kid` of tokens.
    id                 varchar(64)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    jwk                varchar(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    made_at_ms         bigint        NOT NULL,
    -- From when its process signs with it.
    signs_from_ms      bigint        NOT NULL,
    -- NULL until another key is to take its place.
    retired_at_ms      bigint        NULL,
    -- A process that lives moves this on.
    published_until_ms bigint        NOT NULL
) ENGINE = InnoDB;
