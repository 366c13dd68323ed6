//! What the library tells, as events of the trail.

use std::borrow::Cow;

use cloakroom::{EventKind as Told, EventSink, SecurityEvent};

use crate::accounts::UserId;
use crate::events::actor::Actor;
use crate::events::event::Event;
use crate::events::kind::EventKind;
use crate::events::trail::Trail;

/// Takes in what the library tells of sessions.
///
/// Left out is what happens all the time and to nobody's harm, such as renewals, and what the gateway itself knows more about, such as a
/// sign-in that failed. All of it is in the log.
#[derive(Debug)]
pub(crate) struct LibraryEvents(pub(crate) Trail);

impl EventSink for LibraryEvents {
    fn record(&self, told: &SecurityEvent) {
        if told.kind == Told::Created {
            self.0.visitor_began();
        }
        let Some((kind, by)) = kind_of(told.kind, told.reason) else { return };
        let mut event = Event::new(kind, told.at);
        event.session = told.session;
        event.subject = told.subject.as_ref().and_then(|subject| subject.as_str().parse::<UserId>().ok());
        event.reason = told.reason.or(match told.kind {
            Told::Evicted => Some("evicted"),
            Told::Revoked => Some("revoked"),
            _ => None,
        });
        if let Some(change) = &told.change {
            let to = change.to.as_deref().map_or(Cow::Borrowed("nothing"), Cow::Borrowed);
            event = event.detail(format_args!("{}: from {} to {to}", change.property.as_str(), change.from));
        }
        event.actor = match by {
            By::Itself => Some(Actor::Gateway),
            By::Subject => Some(Actor::Subject),
            By::Whoever => None,
        };
        self.0.record(event);
    }
}

/// Who does what the library tells of.
#[derive(Clone, Copy)]
enum By {
    /// The gateway, whatever the request is.
    Itself,
    /// The user whose session it is.
    Subject,
    /// Whoever the request is by.
    Whoever,
}

/// The kind, and whose doing it is; `None` for what stays in the log.
fn kind_of(told: Told, reason: Option<&str>) -> Option<(EventKind, By)> {
    Some(match told {
        Told::SignedIn => (EventKind::SignedIn, By::Subject),
        Told::Remembered => (EventKind::Remembered, By::Subject),
        Told::Restored => (EventKind::Restored, By::Subject),
        Told::SignedOut => (EventKind::SignedOut, By::Subject),
        Told::HandedOver => (EventKind::HandedOver, By::Subject),
        Told::Reauthenticated => (EventKind::Reauthenticated, By::Subject),
        Told::PrivilegesChanged => (EventKind::PrivilegesChanged, By::Whoever),
        // Whoever asks for it records the whole of it, and how many there were.
        Told::Revoked if reason == Some("everyone_revoked") => return None,
        Told::Revoked if matches!(reason, Some("reused" | "moved")) => (EventKind::SessionEnded, By::Itself),
        Told::Revoked => (EventKind::SessionEnded, By::Whoever),
        Told::Expired | Told::Evicted => (EventKind::SessionEnded, By::Itself),
        Told::Reused => (EventKind::TokenReused, By::Itself),
        Told::Ambiguous => (EventKind::TokensAmbiguous, By::Itself),
        Told::RefusedCrossOrigin => (EventKind::CrossOriginRefused, By::Whoever),
        Told::BindingChanged => (EventKind::SessionMoved, By::Itself),
        Told::Undecodable => (EventKind::SessionUnreadable, By::Itself),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the gateway never brings about, such as a change of privileges, has no story; it is told of all the same.
    #[test]
    fn what_the_library_tells_of_is_in_the_trail_under_its_own_name() {
        for (told, kind) in [
            (Told::SignedIn, Some(EventKind::SignedIn)),
            (Told::PrivilegesChanged, Some(EventKind::PrivilegesChanged)),
            (Told::Reused, Some(EventKind::TokenReused)),
            (Told::Undecodable, Some(EventKind::SessionUnreadable)),
            (Told::Renewed, None),
            (Told::SignInFailed, None),
        ] {
            assert_eq!(kind_of(told, None).map(|(kind, _)| kind), kind, "{told:?}");
        }
    }
}
