//! What is counted of events.

use crate::events::{EventKind, EventWatcher};
use crate::metrics::labels::{Beginning, SignInOutcome};
use crate::metrics::registry::Metrics;

impl EventWatcher for Metrics {
    fn happened(&self, kind: EventKind, reason: Option<&'static str>) {
        match kind {
            EventKind::SignedIn => {
                self.signed_in(reason, SignInOutcome::Done);
                self.session_begun(Beginning::SignIn);
            }
            EventKind::Restored => self.session_begun(Beginning::Restored),
            EventKind::SignInFailed => {
                let by_password = matches!(reason, Some("wrong_password" | "unknown_name" | "disabled"));
                self.signed_in(
                    Some(if by_password { "password" } else { "federated" }),
                    SignInOutcome::Refused,
                );
            }
            EventKind::Throttled => self.signed_in(reason, SignInOutcome::Throttled),
            EventKind::SignedOut => self.session_ended(Some("signed_out")),
            EventKind::SessionEnded => self.session_ended(reason),
            _ => {}
        }
    }

    fn visitor_began(&self) {
        self.session_begun(Beginning::Visitor);
    }
}
