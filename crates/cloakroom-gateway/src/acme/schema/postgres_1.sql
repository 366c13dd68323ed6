-- What is kept of ACME: the account, certificates with their keys, challenges, and whose turn it is to order.
CREATE TABLE cloakroom_acme (
    -- A kind, and a host where there is one for each.
    name       text   COLLATE "C" NOT NULL PRIMARY KEY,
    content    bytea  NOT NULL,
    -- From when on it is as if it were not there.
    ends_at_ms bigint NOT NULL
);
