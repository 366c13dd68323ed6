-- Who a user is at a provider. A user may have several, and each is of one user.
CREATE TABLE IF NOT EXISTS cloakroom_oidc_identities (
    issuer       varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject      varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id      char(32)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    linked_at_ms bigint       NOT NULL,
    PRIMARY KEY (issuer, subject),
    KEY cloakroom_oidc_identities_user (user_id)
) ENGINE = InnoDB;

-- Which session came from which at a provider, so that the provider can end it.
CREATE TABLE IF NOT EXISTS cloakroom_oidc_sessions (
    session_id varchar(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    issuer     varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject    varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The provider's name for it; NULL where it has none.
    sid        varchar(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
    KEY cloakroom_oidc_sessions_subject (issuer, subject),
    KEY cloakroom_oidc_sessions_sid (issuer, sid)
) ENGINE = InnoDB;

-- Digests of what must not be used twice, and of what a provider has ended a while ago.
CREATE TABLE IF NOT EXISTS cloakroom_oidc_notes (
    sha256        binary(32) NOT NULL PRIMARY KEY,
    noted_at_ms   bigint     NOT NULL,
    expires_at_ms bigint     NOT NULL,
    KEY cloakroom_oidc_notes_end (expires_at_ms)
) ENGINE = InnoDB;
