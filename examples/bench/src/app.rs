//! What both listeners share.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cloakroom::{
    Clock, CookiePolicy, CrossOrigin, Indexed, InvalidLifetime, InvalidOrigin, Lifetime, NearCache,
    NearOptions, Renewal, Sessions, SystemClock, Timestamp, seconds,
};
use cloakroom_testkit::clock::ManualClock;
use thiserror::Error;

use crate::backend::{Backend, BackendError};
use crate::flags::{CsrfFlag, Flags};
use crate::gates::Gates;
use crate::log::EventLog;
use crate::users::Users;
use crate::watched::Watched;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "sid";

/// The application under test and its instruments.
pub(crate) struct App {
    pub(crate) sessions: Sessions<Indexed>,
    pub(crate) cross_origin: CrossOrigin,
    pub(crate) wants_csrf_tokens: bool,
    pub(crate) store: Watched,
    pub(crate) users: Users,
    pub(crate) gates: Gates,
    pub(crate) events: Arc<EventLog>,
    pub(crate) acts: AtomicU64,
    pub(crate) manual_clock: Option<Arc<ManualClock>>,
}

/// Why the program does not start.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    #[error("{0}: not yet")]
    NotYet(&'static str),
    #[error(transparent)]
    Store(#[from] BackendError),
    #[error(transparent)]
    Lifetime(#[from] InvalidLifetime),
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl App {
    pub(crate) async fn start(flags: Flags) -> Result<Self, StartError> {
        if let Some(flag) = flags.not_yet() {
            return Err(StartError::NotYet(flag));
        }
        let store = Watched::new(Backend::open(&flags.store).await?);
        let events = Arc::new(EventLog::default());
        let renewal =
            flags.renewal_period().map_or(Renewal::on_demand(), Renewal::every).with_grace(flags.grace());
        let manual_clock =
            flags.manual_clock.then(|| Arc::new(ManualClock::starting_at(SystemClock::new().now())));
        let mut sessions = behind_near_cache(store.clone(), flags.near_cache(), manual_clock.as_ref())
            .cookie(CookiePolicy::host(COOKIE))
            .lifetime(Lifetime::try_new(flags.idle(), flags.absolute(), flags.touch_window())?)
            .renewal(renewal)
            .reuse(flags.reuse_policy())
            .reauthentication_window(flags.reauthentication_window())
            .store_timeout(flags.store_timeout())
            .events(Arc::clone(&events));
        if let Some(sessions_max) = NonZeroUsize::new(flags.cap) {
            sessions = sessions.cap(sessions_max, flags.cap_policy());
        }
        if let Some(clock) = &manual_clock {
            sessions = sessions.clock(Arc::clone(clock));
        } else {
            tokio::spawn(sessions.clone().purge_every(seconds(60)));
        }
        let mut cross_origin = CrossOrigin::new();
        for origin in &flags.trusted_origin {
            cross_origin = cross_origin.trust(origin)?;
        }
        for path in &flags.bypass_path {
            cross_origin = cross_origin.insecure_exempt_path(path);
        }
        Ok(Self {
            sessions,
            cross_origin,
            wants_csrf_tokens: flags.csrf == CsrfFlag::Token,
            store,
            users: Users::new(),
            gates: Gates::default(),
            events,
            acts: AtomicU64::new(0),
            manual_clock,
        })
    }
}

fn behind_near_cache(
    store: Watched,
    bound: Option<Duration>,
    manual: Option<&Arc<ManualClock>>,
) -> Sessions<Indexed> {
    let Some(bound) = bound else { return Sessions::indexed(store) };
    let options = NearOptions::new().staleness_max(bound);
    Sessions::indexed(NearCache::new(
        store,
        match manual {
            Some(manual) => options.clock(BothClocks::starting_at(manual)),
            None => options,
        },
    ))
}

/// Time that passes by itself and is moved by `POST /clock` too: a copy becomes too old by either.
struct BothClocks {
    manual: Arc<ManualClock>,
    system: SystemClock,
    started_at: Timestamp,
}

impl BothClocks {
    fn starting_at(manual: &Arc<ManualClock>) -> Self {
        let system = SystemClock::new();
        Self { manual: Arc::clone(manual), started_at: system.now(), system }
    }
}

impl Clock for BothClocks {
    fn now(&self) -> Timestamp {
        self.manual.now().after(self.system.now().since(self.started_at))
    }
}
