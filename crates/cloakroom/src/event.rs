//! Security events: what happened to sessions, as values and as `tracing` events.

use std::sync::Arc;

use cloakroom_core::{SessionId, Subject, Timestamp};

use crate::client::BindingChange;

/// Something that an operator or a user may want to know about later.
///
/// Holds the session ID and never a token or a digest, so it is safe to log and to show.
///
/// Source: ASVS 5.0 16.2.1, 16.3.1 to 16.3.3; OWASP Session Management, "Logging Sessions Life Cycle".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityEvent {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// To which session, when to one.
    pub session: Option<SessionId>,
    /// Whose, when known.
    pub subject: Option<Subject>,
    /// Why, in a word of this crate's or the application's own.
    pub reason: Option<&'static str>,
    /// How it moved, when it is [`EventKind::BindingChanged`]. The values are the client's own words.
    pub change: Option<Box<BindingChange>>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A user signed in; the reason is the method.
    SignedIn,
    /// Somebody tried to sign in and did not succeed; the application reports it.
    SignInFailed,
    /// A user signed in by a session of another system.
    MovedIn,
    /// A user signed in and asked to be remembered by the browser.
    Remembered,
    /// A browser that was remembered got a session of its user, by no proof.
    Restored,
    /// A session of another system was good and signed nobody in: it had been used, or its user's had been ended. Reported once
    /// while the process remembers it.
    MovingRefused,
    /// The first of two factors was proven, and the second is due; the reason is the method.
    SecondFactorDue,
    /// A user signed out.
    SignedOut,
    /// A visitor's session began.
    Created,
    /// A session got a new token.
    Renewed,
    /// A session that was offered to another origin was taken over there.
    HandedOver,
    /// A user proved again who they are; the reason is the method.
    Reauthenticated,
    /// What a session may do has changed, and it got a new token.
    PrivilegesChanged,
    /// Somebody ended a session.
    Revoked,
    /// A session was used after time had ended it. Reported once while the process remembers it.
    Expired,
    /// A session ended to keep its subject's cap.
    Evicted,
    /// A token was used long after it had been renewed away: a sign of theft. With the reason `remember_me` it is that of a remembered
    /// browser, whose series this is instead of a session.
    Reused,
    /// A request carried two different live tokens, and neither was believed.
    Ambiguous,
    /// An unsafe request came from another origin and was refused; the cross-origin check reports it.
    RefusedCrossOrigin,
    /// A session moved to another address, agent or TLS fingerprint.
    BindingChanged,
    /// What the store held of a session could not be read; the session is ended.
    Undecodable,
    /// The store could not do what it was asked to.
    StoreFailed,
}

impl EventKind {
    /// The name in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::MovedIn => "moved_in",
            Self::Remembered => "remembered",
            Self::Restored => "restored",
            Self::MovingRefused => "moving_refused",
            Self::SecondFactorDue => "second_factor_due",
            Self::SignedOut => "signed_out",
            Self::Created => "created",
            Self::Renewed => "renewed",
            Self::HandedOver => "handed_over",
            Self::Reauthenticated => "reauthenticated",
            Self::PrivilegesChanged => "privileges_changed",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Evicted => "evicted",
            Self::Reused => "reused",
            Self::Ambiguous => "ambiguous",
            Self::RefusedCrossOrigin => "refused_cross_origin",
            Self::BindingChanged => "binding_changed",
            Self::Undecodable => "undecodable",
            Self::StoreFailed => "store_failed",
        }
    }

    const fn is_alarming(self) -> bool {
        matches!(
            self,
            Self::Reused | Self::Ambiguous | Self::BindingChanged | Self::Undecodable | Self::StoreFailed
        )
    }
}

impl SecurityEvent {
    pub(crate) const fn new(kind: EventKind, at: Timestamp) -> Self {
        Self { kind, at, session: None, subject: None, reason: None, change: None }
    }

    pub(crate) fn of(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    pub(crate) fn by(self, subject: Option<&Subject>) -> Self {
        Self { subject: subject.cloned(), ..self }
    }

    pub(crate) fn with_change(self, change: BindingChange) -> Self {
        Self { change: Some(Box::new(change)), ..self }
    }

    pub(crate) fn because(self, reason: &'static str) -> Self {
        self.because_if(Some(reason))
    }

    pub(crate) fn because_if(self, reason: Option<&'static str>) -> Self {
        Self { reason, ..self }
    }
}

/// Takes security events in. Must be quick: it is called on the path of the request.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one.
    fn record(&self, event: &SecurityEvent);
}

impl<S: EventSink + ?Sized> EventSink for Arc<S> {
    fn record(&self, event: &SecurityEvent) {
        (**self).record(event);
    }
}

/// Writes events as `tracing` events of the target `cloakroom::security`. The default, and always on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TracingSink;

impl EventSink for TracingSink {
    fn record(&self, event: &SecurityEvent) {
        let SecurityEvent { kind, at, session, subject, reason, change } = event;
        let from = change.as_ref().map(|change| &*change.from);
        let to = change.as_ref().and_then(|change| change.to.as_deref());
        let (session, subject) =
            (session.map(tracing::field::display), subject.as_ref().map(tracing::field::display));
        let at_ms = at.as_millis();
        if kind.is_alarming() {
            tracing::warn!(target: "cloakroom::security", event = kind.as_str(), at_ms, session, subject, reason, from, to);
        } else {
            tracing::info!(target: "cloakroom::security", event = kind.as_str(), at_ms, session, subject, reason);
        }
    }
}
