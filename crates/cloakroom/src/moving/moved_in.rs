//! Who moves in, and what they bring along.

use cloakroom_core::{MovingMark, Persistence, Subject};
use serde::Serialize;

use crate::edit::Edit;
use crate::slot::{Slot, SlotError};

/// Who moves in with an old session, and what they bring along: the application's answer.
///
/// There is no time and no method to give: what was proved to another system, some time ago, is no fresh proof here.
#[must_use]
pub struct MovedIn {
    subject: Subject,
    persistence: Persistence,
    known_as: Option<MovingMark>,
    edits: Vec<Edit>,
}

/// A user who moves in, in parts.
pub(super) struct Parts {
    pub(super) subject: Subject,
    pub(super) persistence: Persistence,
    pub(super) mark: MovingMark,
    pub(super) edits: Vec<Edit>,
}

impl MovedIn {
    /// This user, who exists and may sign in: the application has looked that up.
    pub const fn new(subject: Subject) -> Self {
        Self { subject, persistence: Persistence::Session, known_as: None, edits: Vec::new() }
    }

    /// The ID by which the old system knows the session, where its cookie holds one beside other things: then all cookies of the
    /// session are good once together, and not once each.
    ///
    /// For Rails it is `session_id`. A cookie that holds nothing but the ID of its session needs none of this.
    pub fn known_as(self, old_session_id: &[u8]) -> Self {
        Self { known_as: Some(MovingMark::of_session(old_session_id)), ..self }
    }

    /// Lets the browser keep the cookie when it is closed, as
    /// [`SignInAttempt::remembered`](crate::SignInAttempt::remembered) does. Changes no limit of the session.
    pub fn remembered(self) -> Self {
        Self { persistence: Persistence::Remembered, ..self }
    }

    /// A value that goes along, such as the cart of the old shop. It is written before the response head leaves.
    ///
    /// # Errors
    /// [`SlotError::Unwritable`]. What does not fit into the session is found out later, and the request is refused then.
    pub fn with<T: Serialize>(mut self, slot: Slot<T>, value: &T) -> Result<Self, SlotError> {
        let (slot, octets) = (slot.untyped(), slot.encode(value)?);
        self.edits.push(Box::new(move |slots| slot.write(slots, &octets)));
        Ok(self)
    }

    pub(super) fn into_parts(self, fingerprint: &[u8; 32]) -> Parts {
        let Self { subject, persistence, known_as, edits } = self;
        let mark = known_as.unwrap_or_else(|| MovingMark::of_cookie(fingerprint));
        Parts { subject, persistence, mark, edits }
    }
}

impl std::fmt::Debug for MovedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MovedIn").field("subject", &self.subject).finish_non_exhaustive()
    }
}
