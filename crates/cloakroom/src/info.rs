//! What may be shown of a session.

use std::net::IpAddr;

use cloakroom_core::machine::Rules;
use cloakroom_core::store::Loaded;
use cloakroom_core::{Audience, Authentication, Record, SessionId, Timestamp};

/// What may be shown of a session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// The public handle.
    pub id: SessionId,
    /// Who is signed in; `None` for a visitor.
    pub authentication: Option<Authentication>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, as far as that was written down.
    pub last_seen_at: Timestamp,
    /// When it ends if nothing more is sent; at an [audience](crate::audience) with limits of its own, when it ends there.
    pub expires_at: Timestamp,
    /// Where it was begun from.
    pub address: Option<IpAddr>,
    /// The `User-Agent` that it was begun with.
    pub agent: Option<String>,
    /// The other origins that have taken it over.
    pub audiences: Vec<Audience>,
}

impl SessionInfo {
    pub(crate) fn read(id: SessionId, loaded: &Loaded, rules: &Rules, now: Timestamp) -> Option<Self> {
        let record = Record::from_row(&loaded.row).ok()?;
        Some(Self {
            id,
            created_at: record.created_at(),
            last_seen_at: record.last_seen_at(),
            expires_at: rules.expires_at(&record),
            address: record.client().address,
            agent: record.client().agent.as_deref().map(str::to_owned),
            audiences: record.audiences(now),
            authentication: record.authentication().cloned(),
        })
    }
}
