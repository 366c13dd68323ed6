//! What is done about a request that comes from elsewhere than its session.

use std::sync::Arc;

use cloakroom_core::Client;
use cloakroom_core::machine::Held;

use super::binding::{Binding, BindingChange, OnChange};
use crate::engine::{Bound, ClientRecording};
use crate::error::Error;
use crate::event::EventKind;
use crate::session::Session;
use crate::sessions::Sessions;
use crate::visit::State;

impl<I> Sessions<I> {
    /// Binds sessions to where they are begun from. Without it: to nothing.
    ///
    /// Writes down, as [`Sessions::record_clients`] does, where a session is begun from, at sign-in and at each reauthentication; the
    /// sessions of visitors are bound to nothing. Each later request is compared, which costs no look-up and writes nothing, and a change
    /// is reported as [`EventKind::BindingChanged`].
    #[must_use]
    pub fn bind(self, binding: Binding) -> Self {
        self.set(|engine| {
            engine.client_recording = ClientRecording::AddressAndAgent;
            engine.binding = Some(Arc::new(Bound::new(binding)));
        })
    }
}

/// Compares where a request comes from with what its session is bound to; reports a change, and ends the session when that is what it does.
///
/// From its first step the request has no such session any more, so that nobody who asks again after an error is given it.
pub(crate) async fn check(session: &Session, bound: &Bound) -> Result<(), Error> {
    let changes = session.changes(bound);
    if changes.is_empty() {
        return Ok(());
    }
    let engine = &session.0.engine;
    let Some(held) = session.0.read(|view| view.held.clone()).flatten() else { return Ok(()) };
    let (mut worst, mut is_news) = (OnChange::Log, false);
    for (change, on_change) in changes {
        worst = worst.max(on_change);
        if bound.reported.is_new(held.id, change.property.as_str(), change.to.as_deref()) {
            is_news = true;
            let event = engine.event(EventKind::BindingChanged).of(held.id).by(held.record.subject());
            engine.report(&event.because(change.property.as_str()).with_change(change));
        }
    }
    if worst < OnChange::EndSession {
        return Ok(());
    }
    let terms = session.terms();
    session.0.change(State::refuse);
    if let Some(remembering) = &engine.remember {
        remembering.end_of(engine, held.id, &held.record).await?;
    }
    let _ended_by_whomever = session.end(&held, terms).await?;
    if !is_news {
        return Ok(());
    }
    engine.report(&engine.event(EventKind::Revoked).of(held.id).by(held.record.subject()).because("moved"));
    Ok(())
}

impl Session {
    /// Whether the request comes from elsewhere than its session, in a way that takes a new proof of who the user is.
    pub(crate) fn has_moved(&self) -> bool {
        let Some(bound) = &self.0.engine.binding else { return false };
        self.changes(bound).iter().any(|(_, does)| *does >= OnChange::RequireReauthentication)
    }

    /// How the request differs from where its session was begun; allocates nothing when it does not.
    fn changes(&self, bound: &Bound) -> Vec<(BindingChange, OnChange)> {
        let nowhere = Client::default();
        let client = self.0.recorded_client().unwrap_or(&nowhere);
        let changes = |held: &Held| bound.binding.changes(held.record.client(), client);
        self.0.read(|view| view.held.as_ref().map(changes)).flatten().unwrap_or_default()
    }

    /// Where a proof of who the user is binds the session to.
    pub(crate) fn rebinding(&self) -> Option<Client> {
        self.0.engine.binding.is_some().then(|| self.0.client())
    }
}
