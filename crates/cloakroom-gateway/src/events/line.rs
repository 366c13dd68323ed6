//! An event as a line of the log.

use tracing::field::display;

use crate::events::event::Event;
use crate::events::kind::Severity;
use crate::utc::rfc3339_millis;

/// Writes an event as a `tracing` event of the target `cloakroom::events`, on the path of whoever records it: it is there before the
/// database is asked, and also when that never answers.
pub(super) fn write(event: &Event) {
    let Event {
        kind,
        at,
        subject,
        subject_name,
        session,
        address,
        agent,
        app,
        actor,
        reason,
        detail,
        request,
    } = event;
    let (at, name, severity) = (rfc3339_millis(*at), kind.as_str(), kind.severity().as_str());
    let (subject, session, address) = (subject.map(display), session.map(display), address.map(display));
    let (user, agent, app) = (subject_name.as_deref(), agent.as_deref(), app.as_deref());
    let (actor, detail, request) = (actor.as_ref().map(display), detail.as_deref(), request.as_deref());
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: "cloakroom::events",
                event = name, at, severity, subject, user, session, address, agent, app, actor, reason, detail, request,
            )
        };
    }
    match kind.severity() {
        Severity::Info | Severity::Notice => line!(info),
        Severity::Warning | Severity::Alarm => line!(warn),
    }
}
