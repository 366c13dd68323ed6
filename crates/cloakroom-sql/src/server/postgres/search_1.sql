CREATE INDEX cloakroom_sessions_by_creation ON cloakroom_sessions (created_at, id);
CREATE INDEX cloakroom_sessions_by_address ON cloakroom_sessions (address, created_at, id) WHERE address IS NOT NULL;
