//! The security events since the start.

use std::sync::{Mutex, PoisonError};

use cloakroom::{EventSink, SecurityEvent, Subject};
use serde_json::json;

/// Keeps every event as a line of JSON.
#[derive(Debug, Default)]
pub(crate) struct EventLog(Mutex<String>);

impl EventLog {
    pub(crate) fn lines(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl EventSink for EventLog {
    fn record(&self, event: &SecurityEvent) {
        let line = json!({
            "event": event.kind.as_str(),
            "at_ms": event.at.as_millis(),
            "session_id": event.session.map(|id| id.to_string()),
            "subject": event.subject.as_ref().map(Subject::as_str),
            "reason": event.reason,
        });
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
}
