//! A cap on the live sessions of a subject: alike in every SQL database.

use cloakroom_core::SessionId;
use cloakroom_core::store::{Cap, CapPolicy};

/// The sessions that must end for one more to fit, the oldest first; `None` when none may.
///
/// `live` are the subject's live sessions without one that is replaced, the oldest first.
pub(crate) fn make_room(mut live: Vec<SessionId>, cap: Cap) -> Option<Vec<SessionId>> {
    let kept = cap.sessions_max.get() - 1;
    if live.len() <= kept {
        return Some(Vec::new());
    }
    match cap.policy {
        CapPolicy::RefuseNew => None,
        CapPolicy::EvictOldest => {
            live.truncate(live.len() - kept);
            Some(live)
        }
    }
}
