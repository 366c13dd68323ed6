-- Who a user is at a provider. A user may have several, and each is of one user.
CREATE TABLE cloakroom_oidc_identities (
    issuer       text   COLLATE "C" NOT NULL,
    subject      text   COLLATE "C" NOT NULL,
    user_id      text   COLLATE "C" NOT NULL,
    linked_at_ms bigint NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX cloakroom_oidc_identities_user ON cloakroom_oidc_identities (user_id);

-- Which session came from which at a provider, so that the provider can end it.
CREATE TABLE cloakroom_oidc_sessions (
    session_id text COLLATE "C" NOT NULL PRIMARY KEY,
    issuer     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    -- The provider's name for it; NULL where it has none.
    sid        text COLLATE "C"
);
CREATE INDEX cloakroom_oidc_sessions_subject ON cloakroom_oidc_sessions (issuer, subject);
CREATE INDEX cloakroom_oidc_sessions_sid ON cloakroom_oidc_sessions (issuer, sid);

-- Digests of what must not be used twice, and of what a provider has ended a while ago.
CREATE TABLE cloakroom_oidc_notes (
    sha256        bytea  NOT NULL PRIMARY KEY,
    noted_at_ms   bigint NOT NULL,
    expires_at_ms bigint NOT NULL
);
CREATE INDEX cloakroom_oidc_notes_end ON cloakroom_oidc_notes (expires_at_ms);
