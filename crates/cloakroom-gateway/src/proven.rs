//! When the user of a session last proved who they are, here or at their provider.

use cloakroom::{Authentication, Session, Slot, Timestamp};

/// When the user of a session that began by an older proof at a provider gave it there, in milliseconds.
pub(crate) const PROVEN_AT_PROVIDER: Slot<u64> = Slot::new("proven_at_provider");

/// When the user last proved who they are. The beginning of time, when that is not known.
///
/// A session by an old proof at a provider counts as one that was only remembered, until the user proves it again.
pub(crate) fn proven_at(session: &Session, authentication: &Authentication) -> Timestamp {
    let at_provider = || session.get(PROVEN_AT_PROVIDER).ok().flatten().map(Timestamp::from_millis);
    authentication.last_proof_at().or_else(at_provider).unwrap_or(Timestamp::EPOCH)
}
