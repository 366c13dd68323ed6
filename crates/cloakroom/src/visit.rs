//! What one request has to do with one session, from the cookie to the response.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cloakroom_core::cookie::{CookiePolicy, CookieValue, MaxAge, RenderedCookie};
use cloakroom_core::machine::Held;
use cloakroom_core::sealed::Terms;
use cloakroom_core::{Client, Persistence, SessionId, Slots, Timestamp, TokenText};

use crate::edit::SlotEdits;
use crate::engine::Engine;
use crate::remember::Claim;
use crate::sealed::SealedText;

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
    /// It is good and its session lives on, but not at this audience until the user has proved again who they are.
    Lapsed,
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
            Self::Lapsed => "lapsed",
            Self::Live => "live",
        }
    }
}

/// One request and its session.
///
/// A request that only reads sees what was found at its beginning, and takes no lock for it. The first change makes a copy,
/// which is what everybody sees from then on.
pub(crate) struct Visit {
    pub(crate) engine: Arc<Engine>,
    client: OnceLock<Box<Client>>,
    found: OnceLock<View>,
    changed: OnceLock<Box<Mutex<State>>>,
    old_cookie: OnceLock<OldCookie>,
    claim: OnceLock<Box<Claim>>,
    series_is_settled: OnceLock<()>,
}

/// The session as a request sees it. What is rare is boxed, since every request moves one about.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) presented: Presented,
    pub(crate) held: Option<Held>,
    /// The session that a token claims which names none.
    pub(crate) unknown: Option<SessionId>,
    /// The terms of a sealed session.
    pub(crate) terms: Option<Box<Terms>>,
    /// A token is due to be renewed, or a sealed value to be sent again.
    pub(crate) renewal_is_due: bool,
    /// The session ended under this request's hands.
    pub(crate) lost: LostSession,
    /// The slots, when the request has changed any.
    pub(crate) working: Option<Box<Slots>>,
}

/// What a request sees, and what it has changed.
pub(crate) struct State {
    pub(crate) view: View,
    pub(crate) edits: SlotEdits,
    pub(crate) cookie: CookieChange,
    series_cookie: CookieChange,
}

/// What is left to do for a request whose handler has answered.
pub(crate) enum End {
    /// Nothing: it has not asked for its session.
    Unasked,
    /// Nothing but to send this cookie, if there is one.
    Settled(Option<Outgoing>),
    /// It has changed something that is not written yet.
    Unwritten,
}

/// What the response says about the cookie.
#[derive(Default)]
pub(crate) enum CookieChange {
    #[default]
    None,
    Issue(CookieText, Option<MaxAge>),
    Remove,
}

/// What the cookie is to hold.
pub(crate) enum CookieText {
    Token(TokenText),
    Sealed(SealedText),
}

impl From<TokenText> for CookieText {
    fn from(text: TokenText) -> Self {
        Self::Token(text)
    }
}

impl From<SealedText> for CookieText {
    fn from(text: SealedText) -> Self {
        Self::Sealed(text)
    }
}

/// The `Set-Cookie` lines of a response: at most one of each name.
pub(crate) struct Outgoing {
    /// That of the session.
    pub(crate) session: Option<RenderedCookie>,
    /// That of the series by which the browser is remembered.
    pub(crate) series: Option<RenderedCookie>,
    /// The session that the request presented has ended.
    pub(crate) has_signed_out: bool,
}

/// What is to become of a request's cookie of another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldCookie {
    /// It stays, or there is none.
    Left,
    /// It has been used, and the response takes it away.
    Used,
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
        Self {
            engine,
            client: OnceLock::new(),
            found: OnceLock::new(),
            changed: OnceLock::new(),
            old_cookie: OnceLock::new(),
            claim: OnceLock::new(),
            series_is_settled: OnceLock::new(),
        }
    }

    /// Whether somebody has asked for the session.
    pub(crate) fn has_begun(&self) -> bool {
        self.found.get().is_some()
    }

    pub(crate) fn begin(&self, view: View) {
        // Two extractors of one request find the same.
        let _ = self.found.set(view);
    }

    /// Keeps where the request comes from, for a sign-in to write down.
    pub(crate) fn record_client(&self, client: Client) {
        let _ = self.client.set(Box::new(client));
    }

    /// Where the request comes from, as far as it is recorded.
    pub(crate) fn client(&self) -> Client {
        self.recorded_client().cloned().unwrap_or_default()
    }

    /// The same, where it lies; `None` when it is not recorded.
    pub(crate) fn recorded_client(&self) -> Option<&Client> {
        self.client.get().map(|client| &**client)
    }

    /// Looks at the session; `None` when nobody has asked for it yet.
    pub(crate) fn read<T>(&self, f: impl FnOnce(&View) -> T) -> Option<T> {
        match self.changed.get() {
            Some(state) => Some(f(&lock(state).view)),
            None => self.found.get().map(f),
        }
    }

    /// Does something with the state; `None` when nobody has asked for the session yet.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&mut State) -> T) -> Option<T> {
        let found = self.found.get()?;
        let state = self.changed.get_or_init(|| Box::new(Mutex::new(State::new(found.clone()))));
        Some(f(&mut lock(state)))
    }

    /// The session could not be looked up, and the browser is to forget it all the same.
    pub(crate) fn begin_removal(&self) {
        self.begin(View::new(Presented::Unknown));
        self.change(State::sign_out);
    }

    /// What becomes of a cookie of another system; `None` while nobody has looked.
    pub(crate) fn old_cookie(&self) -> Option<OldCookie> {
        self.old_cookie.get().copied()
    }

    pub(crate) fn settle_old_cookie(&self, old_cookie: OldCookie) {
        let _ = self.old_cookie.set(old_cookie);
    }

    /// What the request says of the series that its browser is remembered by; `read` looks, the first time.
    pub(crate) fn claim(&self, read: impl FnOnce() -> Claim) -> Claim {
        **self.claim.get_or_init(|| Box::new(read()))
    }

    /// Whether it has been found out what becomes of that.
    pub(crate) fn series_is_settled(&self) -> bool {
        self.series_is_settled.get().is_some()
    }

    pub(crate) fn settle_series(&self) {
        let _ = self.series_is_settled.set(());
    }

    /// What is left to do when the handler has answered.
    pub(crate) fn end(&self) -> End {
        let Some(found) = self.found.get() else { return End::Unasked };
        match self.changed.get() {
            Some(state) => lock(state).end(&self.engine),
            None if found.renewal_is_due => End::Unwritten,
            None => End::Settled(None),
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visit(..)")
    }
}

impl View {
    pub(crate) fn new(presented: Presented) -> Self {
        Self {
            presented,
            held: None,
            unknown: None,
            terms: None,
            renewal_is_due: false,
            lost: LostSession::No,
            working: None,
        }
    }

    pub(crate) fn id(&self) -> Option<SessionId> {
        self.held.as_ref().map(|held| held.id)
    }

    /// The slots as this request sees them.
    pub(crate) fn slots(&self) -> Option<&Slots> {
        self.working.as_deref().or_else(|| self.held.as_ref().map(|held| held.record.slots()))
    }
}

impl State {
    fn new(view: View) -> Self {
        Self {
            view,
            edits: SlotEdits::default(),
            cookie: CookieChange::None,
            series_cookie: CookieChange::None,
        }
    }

    fn end(&mut self, engine: &Engine) -> End {
        if self.view.renewal_is_due || !self.edits.0.is_empty() {
            return End::Unwritten;
        }
        End::Settled(self.set_cookie(engine))
    }

    /// The session, and what was changed of it, to be written.
    pub(crate) fn take(&mut self) -> (Option<Held>, SlotEdits) {
        self.view.working = None;
        (self.view.held.clone(), std::mem::take(&mut self.edits))
    }

    /// The session ended under this request's hands: nothing more is written, and no cookie is sent.
    pub(crate) fn lose(&mut self) {
        self.view.lost = match self.view.held.take() {
            Some(held) if held.record.authentication().is_some() => LostSession::SignedIn,
            Some(_) => LostSession::Visitors,
            None => self.view.lost,
        };
        self.forget();
        self.cookie = CookieChange::None;
        self.series_cookie = CookieChange::None;
    }

    /// The session is not for this request, and is as unknown to it; no cookie is sent.
    pub(crate) fn refuse(&mut self) {
        *self = Self::new(View::new(Presented::Unknown));
    }

    /// This request ended its session itself.
    pub(crate) fn sign_out(&mut self) {
        self.view.held = None;
        self.forget();
        self.cookie = CookieChange::Remove;
    }

    /// This request has a session now, with a token that the client does not know yet.
    pub(crate) fn issue(&mut self, held: Held, text: impl Into<CookieText>, engine: &Engine) {
        let remembered = held.record.persistence() == Persistence::Remembered;
        let end = engine.rules.lifetime.absolute_end(held.record.proven_at());
        // Rounded down: the cookie never outlives the session.
        let left = Duration::from_secs(end.since(engine.now()).as_secs());
        let max_age = remembered.then(|| MaxAge::from(left));
        self.cookie = CookieChange::Issue(text.into(), max_age);
        self.keep(held);
        self.view.renewal_is_due = false;
    }

    /// The browser is remembered by this token until then.
    pub(crate) fn remember(&mut self, text: TokenText, ends_at: Timestamp, now: Timestamp) {
        let left = Duration::from_secs(ends_at.since(now).as_secs());
        self.series_cookie = CookieChange::Issue(text.into(), Some(MaxAge::from(left)));
    }

    /// The browser is remembered no more.
    pub(crate) fn forget_browser(&mut self) {
        self.series_cookie = CookieChange::Remove;
    }

    /// What was changed is written.
    pub(crate) fn keep(&mut self, held: Held) {
        self.view.held = Some(held);
        if self.edits.0.is_empty() {
            self.view.working = None;
        }
    }

    fn forget(&mut self) {
        self.edits = SlotEdits::default();
        self.view.working = None;
        self.view.renewal_is_due = false;
    }

    /// The `Set-Cookie` lines of this request, if it has any.
    pub(crate) fn set_cookie(&mut self, engine: &Engine) -> Option<Outgoing> {
        let has_signed_out = matches!(self.cookie, CookieChange::Remove);
        let session = std::mem::take(&mut self.cookie).render(&engine.cookie);
        let series = std::mem::take(&mut self.series_cookie);
        let series = engine.series_cookie().and_then(|policy| series.render(policy));
        (session.is_some() || series.is_some()).then_some(Outgoing { session, series, has_signed_out })
    }
}

impl CookieChange {
    fn render(self, policy: &CookiePolicy) -> Option<RenderedCookie> {
        match self {
            Self::None => None,
            Self::Issue(CookieText::Token(text), max_age) => Some(policy.issue_token(&text, max_age)),
            Self::Issue(CookieText::Sealed(text), max_age) => {
                let value = CookieValue::parse(text.expose()).expect("base64url is made of cookie octets");
                Some(policy.issue(value, max_age).expect("what was sealed fits into the cookie"))
            }
            Self::Remove => Some(policy.remove()),
        }
    }
}
