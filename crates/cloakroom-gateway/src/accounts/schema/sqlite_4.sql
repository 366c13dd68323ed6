-- Who a user is at a provider. A user may have several, and each is of one user.
CREATE TABLE cloakroom_oidc_identities (
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    user_id      TEXT    NOT NULL,
    linked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX cloakroom_oidc_identities_user ON cloakroom_oidc_identities (user_id);

-- Which session came from which at a provider, so that the provider can end it.
CREATE TABLE cloakroom_oidc_sessions (
    session_id TEXT NOT NULL PRIMARY KEY,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    -- The provider's name for it; NULL where it has none.
    sid        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX cloakroom_oidc_sessions_subject ON cloakroom_oidc_sessions (issuer, subject);
CREATE INDEX cloakroom_oidc_sessions_sid ON cloakroom_oidc_sessions (issuer, sid);

-- Digests of what must not be used twice, and of what a provider has ended a while ago.
CREATE TABLE cloakroom_oidc_notes (
    sha256        BLOB    NOT NULL PRIMARY KEY,
    noted_at_ms   INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cloakroom_oidc_notes_end ON cloakroom_oidc_notes (expires_at_ms);
