//! All sessions of an application: how they are set up, found and ended.

use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::cookie::CookiePolicy;
use cloakroom_core::machine::Answer;
use cloakroom_core::machine::Call;
use cloakroom_core::store::{Revoked, Store};
use cloakroom_core::{Clock, Entropy, Lifetime, Record, Renewal, SessionId};
use thiserror::Error;

use crate::cross_origin::{CrossOrigin, CrossOriginLayer};
use crate::csrf::{CsrfCheck, CsrfLayer};
use crate::engine::{ClientRecording, Engine, ReusePolicy};
use crate::error::Error;
use crate::event::{EventKind, EventSink};
use crate::info::SessionInfo;
use crate::layer::SessionLayer;
use crate::moving::MovingIn;

/// Sessions on a store that cannot list them by subject.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

/// Sessions on a store that finds them by subject.
#[derive(Clone, Copy, Debug)]
pub enum Indexed {}

/// Whose sessions are rows of a store, and are found there by their handle.
pub trait Stored: private::Stored {}

impl Stored for Plain {}
impl Stored for Indexed {}

mod private {
    /// Nobody else decides what is stored.
    pub trait Stored {}
    impl Stored for super::Plain {}
    impl Stored for super::Indexed {}
}

/// All sessions of an application.
///
/// Cheap to clone; hand it to handlers that list or end sessions. Settings are made before [`Sessions::layer`] is called
/// and change nothing of layers made earlier.
///
/// ```
/// use cloakroom::{CookiePolicy, Lifetime, MemoryStore, Sessions, hours, minutes};
///
/// let sessions = Sessions::indexed(MemoryStore::new())
///     .cookie(CookiePolicy::host("sid"))
///     .lifetime(Lifetime::idle_absolute(minutes(30), hours(12)));
/// let layer = sessions.layer();
/// ```
/// A store without an index by subject has no bulk revocation to call:
/// ```compile_fail,E0599
/// # async fn f(plain: cloakroom::Sessions<cloakroom::Plain>, alice: cloakroom::Subject) {
/// plain.revoke_subject(&alice).await;
/// # }
/// ```
pub struct Sessions<I = Indexed> {
    engine: Arc<Engine>,
    index: PhantomData<fn() -> I>,
}

impl<I> Clone for Sessions<I> {
    fn clone(&self) -> Self {
        Self { engine: Arc::clone(&self.engine), index: PhantomData }
    }
}

impl<I> fmt::Debug for Sessions<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("store", &self.engine.store.name()).finish_non_exhaustive()
    }
}

impl Sessions<Plain> {
    /// Sessions on any store.
    pub fn plain(store: impl Store) -> Self {
        Self::of_engine(Engine::new(Arc::new(store), None))
    }
}

/// For what need not know that the store finds sessions by their subject.
impl From<Sessions<Indexed>> for Sessions<Plain> {
    fn from(sessions: Sessions<Indexed>) -> Self {
        Self { engine: sessions.engine, index: PhantomData }
    }
}

impl<I: Stored> Sessions<I> {
    /// Ends one session by its handle; `false` when there was none. Its browser is [forgotten](crate::remember).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn revoke(&self, id: SessionId) -> Result<bool, Error> {
        let Answer::Loaded(loaded) = self.engine.ask(Call::Reload(id)).await? else { return Ok(false) };
        let record = loaded.and_then(|loaded| Record::from_row(&loaded.row).ok());
        if let (Some(remembering), Some(record)) = (&self.engine.remember, &record) {
            remembering.end_of(&self.engine, id, record).await?;
        }
        let subject = record.as_ref().and_then(|record| record.subject());
        let ended = matches!(self.engine.ask(Call::Revoke(id)).await?, Answer::Revoked(Revoked::Done));
        if ended {
            self.engine.report(&self.engine.event(EventKind::Revoked).of(id).by(subject));
        }
        Ok(ended)
    }

    /// One session by its handle; `None` when there is no live one, and at an [audience](crate::audience) when its limits have passed.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find(&self, id: SessionId) -> Result<Option<SessionInfo>, Error> {
        let Answer::Loaded(Some(loaded)) = self.engine.ask(Call::Reload(id)).await? else { return Ok(None) };
        let now = self.engine.now();
        let info = SessionInfo::read(id, &loaded, &self.engine.rules, now);
        Ok(info.filter(|info| info.expires_at > now))
    }
}

impl<I> Sessions<I> {
    pub(crate) fn of_engine(engine: Engine) -> Self {
        Self { engine: Arc::new(engine), index: PhantomData }
    }

    pub(crate) const fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Which cookie carries the token. Without it: `__Host-sid`.
    #[must_use]
    pub fn cookie(self, policy: impl Into<CookiePolicy>) -> Self {
        self.set(|engine| {
            engine.cookie = policy.into();
            if let Some(sealing) = &engine.sealing {
                engine.sealing = Some(Arc::new(sealing.of_cookie(engine.cookie.name().as_str())));
            }
        })
    }

    /// How long sessions live. Without it: 30 minutes idle, 12 hours in all.
    #[must_use]
    pub fn lifetime(self, lifetime: Lifetime) -> Self {
        self.set(|engine| {
            engine.rules.lifetime = engine.profile.map_or(lifetime, |profile| profile.cap(lifetime));
        })
    }

    /// When tokens are renewed. Without it: on demand only.
    #[must_use]
    pub fn renewal(self, renewal: Renewal) -> Self {
        self.set(|engine| engine.rules.renewal = renewal)
    }

    /// What a use of a token does that was renewed away. Without it: the session ends.
    #[must_use]
    pub fn reuse(self, policy: ReusePolicy) -> Self {
        self.set(|engine| engine.reuse = policy)
    }

    /// How long a proof of who the user is counts as recent. Without it: five minutes.
    #[must_use]
    pub fn reauthentication_window(self, window: Duration) -> Self {
        self.set(|engine| engine.reauthentication_window = window)
    }

    /// How long the store may take to answer. Without it: two seconds.
    #[must_use]
    pub fn store_timeout(self, timeout: Duration) -> Self {
        self.set(|engine| engine.store_timeout = timeout)
    }

    /// Writes down, at sign-in, the `User-Agent` and, where an outer layer has put a [`ClientAddress`](crate::ClientAddress) into the request's
    /// extensions, the address, so that users can tell their sessions apart. Without it: neither.
    #[must_use]
    pub fn record_clients(self) -> Self {
        self.set(|engine| engine.client_recording = ClientRecording::AddressAndAgent)
    }

    /// Lets users of another system move in with its session cookie, once and until a set moment; see
    /// [`moving`](crate::moving). Without it: nobody.
    #[must_use]
    pub fn moving_in(self, moving: MovingIn) -> Self {
        self.set(|engine| engine.moving = Some(moving))
    }

    /// Takes security events in, beside the `tracing` events that are always written.
    #[must_use]
    pub fn events(self, sink: impl EventSink) -> Self {
        self.set(|engine| engine.events = Some(Arc::new(sink)))
    }

    /// Another clock, for tests.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        self.set(|engine| engine.clock = Arc::new(clock))
    }

    /// Other randomness, for tests.
    #[must_use]
    pub fn entropy(self, entropy: impl Entropy) -> Self {
        self.set(|engine| engine.entropy = Arc::new(entropy))
    }

    /// The layer to put around the routes that have a session.
    ///
    /// # Panics
    /// When the cookie by which browsers are [remembered](crate::remember) has the name of the session's.
    pub fn layer(&self) -> SessionLayer {
        let series = self.engine.series_cookie().map(CookiePolicy::name);
        assert_ne!(series, Some(self.engine.cookie.name()), "each cookie has a name of its own");
        SessionLayer::new(Arc::clone(&self.engine))
    }

    /// The layer that refuses unsafe requests without a [`CsrfToken`](crate::csrf::CsrfToken) of their session; put it inside
    /// of [`Sessions::layer`], around the routes that it guards.
    pub fn csrf_layer(&self, check: CsrfCheck) -> CsrfLayer {
        CsrfLayer::new(check, Arc::clone(&self.engine))
    }

    /// The layer that refuses unsafe requests which another site made the browser send; put it outside everything that
    /// reads a body or changes state, and around the sign-in too.
    pub fn cross_origin_layer(&self, rules: CrossOrigin) -> CrossOriginLayer {
        CrossOriginLayer::new(rules, Arc::clone(&self.engine))
    }

    /// Refuses to serve on a public address when the cookie is one for plain HTTP on localhost.
    ///
    /// # Errors
    /// [`InsecureCookie`].
    pub fn check_address(&self, address: SocketAddr) -> Result<(), InsecureCookie> {
        let series = self.engine.series_cookie();
        let is_insecure = self.engine.cookie.is_insecure() || series.is_some_and(CookiePolicy::is_insecure);
        if is_insecure && !address.ip().is_loopback() {
            return Err(InsecureCookie(address));
        }
        Ok(())
    }

    pub(crate) fn set(mut self, change: impl FnOnce(&mut Engine)) -> Self {
        change(Arc::make_mut(&mut self.engine));
        self
    }
}

/// A cookie for plain HTTP on localhost was about to be served on a public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the session cookie is for plain HTTP on localhost and cannot be served on {0}; use CookiePolicy::host"
)]
pub struct InsecureCookie(pub SocketAddr);
