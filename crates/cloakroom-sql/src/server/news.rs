//! What a node tells the others.

use cloakroom_core::{SessionId, Subject};

/// Sessions that were written or have ended, for whoever has copies of their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// These.
    Sessions(Vec<SessionId>),
    /// Any of this subject.
    Subject(Subject),
    /// Any.
    Everyone,
}
