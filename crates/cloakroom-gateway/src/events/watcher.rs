//! Who is told of events at once.

use crate::events::kind::EventKind;

/// Is told of every event as it is recorded, those of a flood too. Must be quick.
pub(crate) trait EventWatcher: std::fmt::Debug + Send + Sync + 'static {
    /// It happened, for this reason.
    fn happened(&self, kind: EventKind, reason: Option<&'static str>);

    /// A visitor's session began, which is no event.
    fn visitor_began(&self);
}
