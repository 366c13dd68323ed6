//! What one request has to do with one session, from the cookie to the response.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloakroom_core::cookie::{MaxAge, RenderedCookie};
use cloakroom_core::machine::Held;
use cloakroom_core::{Client, Persistence, SessionId, Slots, TokenText};

use crate::edit::SlotEdits;
use crate::engine::Engine;

/// What a request's cookie turned out to be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// There is no cookie of our name.
    Absent,
    /// There is, and its value is no token.
    Malformed,
    /// There are two different live tokens, and neither was believed.
    Ambiguous,
    /// It is a token, and names no session, or one that was given another.
    Unknown,
    /// It was good, and time has ended its session.
    Expired,
    /// It names a live session.
    Live,
}

impl Presented {
    /// The name in logs and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Malformed => "malformed",
            Self::Ambiguous => "ambiguous",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Live => "live",
        }
    }
}

/// One request. Costs an allocation; the rest is made when somebody asks for the session.
pub(crate) struct Visit {
    pub(crate) engine: Arc<Engine>,
    state: Mutex<Option<Box<State>>>,
}

/// What the request knows of its session, and what it has changed.
pub(crate) struct State {
    pub(crate) presented: Presented,
    pub(crate) held: Option<Held>,
    /// The session that a token claims which names none.
    pub(crate) unknown: Option<SessionId>,
    pub(crate) edits: SlotEdits,
    /// The slots as this request sees them, when it has changed any.
    pub(crate) working: Option<Slots>,
    pub(crate) cookie: CookieChange,
    pub(crate) renewal_is_due: bool,
    /// The session ended under this request's hands.
    pub(crate) lost: LostSession,
    pub(crate) client: Client,
}

/// What the response says about the cookie.
#[derive(Default)]
pub(crate) enum CookieChange {
    #[default]
    None,
    Issue(TokenText, Option<MaxAge>),
    Remove,
}

/// Whether a request has lost the session that it began with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LostSession {
    #[default]
    No,
    Visitors,
    SignedIn,
}

impl Visit {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, state: Mutex::new(None) }
    }

    /// Does something with the state; `None` when nobody has asked for the session yet.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).as_deref_mut().map(f)
    }

    /// The session could not be looked up, and the browser is to forget it all the same.
    pub(crate) fn begin_removal(&self) {
        self.begin(Box::new(State { cookie: CookieChange::Remove, ..State::new(Presented::Unknown) }));
    }

    pub(crate) fn begin(&self, state: Box<State>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    }
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visit(..)")
    }
}

impl State {
    pub(crate) fn new(presented: Presented) -> Self {
        Self {
            presented,
            held: None,
            unknown: None,
            edits: SlotEdits::default(),
            working: None,
            cookie: CookieChange::None,
            renewal_is_due: false,
            lost: LostSession::No,
            client: Client::default(),
        }
    }

    /// The slots as this request sees them.
    pub(crate) fn slots(&self) -> Option<&Slots> {
        self.working.as_ref().or_else(|| self.held.as_ref().map(|held| held.record.slots()))
    }

    /// The session, and what was changed of it, to be written.
    pub(crate) fn take(&mut self) -> (Option<Held>, SlotEdits) {
        self.working = None;
        (self.held.clone(), std::mem::take(&mut self.edits))
    }

    /// The session ended under this request's hands: nothing more is written, and no cookie is sent.
    pub(crate) fn lose(&mut self) {
        self.lost = match self.held.take() {
            Some(held) if held.record.authentication().is_some() => LostSession::SignedIn,
            Some(_) => LostSession::Visitors,
            None => self.lost,
        };
        self.forget();
        self.cookie = CookieChange::None;
    }

    /// This request ended its session itself.
    pub(crate) fn sign_out(&mut self) {
        self.held = None;
        self.forget();
        self.cookie = CookieChange::Remove;
    }

    /// This request has a session now, with a token that the client does not know yet.
    pub(crate) fn issue(&mut self, held: Held, text: TokenText, engine: &Engine) {
        let remembered = held.record.persistence() == Persistence::Remembered;
        let end = engine.rules.lifetime.absolute_end(held.record.proven_at());
        // Rounded down: the cookie never outlives the session.
        let left = Duration::from_secs(end.since(engine.now()).as_secs());
        let max_age = remembered.then(|| MaxAge::from(left));
        self.cookie = CookieChange::Issue(text, max_age);
        self.keep(held);
        self.renewal_is_due = false;
    }

    /// What was changed is written.
    pub(crate) fn keep(&mut self, held: Held) {
        self.held = Some(held);
        if self.edits.0.is_empty() {
            self.working = None;
        }
    }

    fn forget(&mut self) {
        self.edits = SlotEdits::default();
        self.working = None;
        self.renewal_is_due = false;
    }

    pub(crate) fn id(&self) -> Option<SessionId> {
        self.held.as_ref().map(|held| held.id)
    }

    /// The one `Set-Cookie` line of this request, if it has one.
    pub(crate) fn set_cookie(&mut self, engine: &Engine) -> Option<RenderedCookie> {
        match std::mem::take(&mut self.cookie) {
            CookieChange::None => None,
            CookieChange::Issue(text, max_age) => Some(engine.cookie.issue_token(&text, max_age)),
            CookieChange::Remove => Some(engine.cookie.remove()),
        }
    }
}
