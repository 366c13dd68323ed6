//! What both listeners share.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cloakroom::{
    Clock, CookiePolicy, CrossOrigin, InvalidLifetime, InvalidOrigin, Lifetime, NearOptions, Renewal,
    Sessions, SystemClock, Timestamp,
};
use cloakroom_testkit::clock::ManualClock;
use thiserror::Error;

use crate::faces::Faces;
use crate::flags::{CsrfFlag, Flags, SealKeysError};
use crate::gates::Gates;
use crate::log::EventLog;
use crate::store::{OpenStore, StoreTrouble};
use crate::users::Users;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "sid";

/// The application under test and its instruments.
pub(crate) struct App {
    pub(crate) sessions: Faces,
    pub(crate) cross_origin: CrossOrigin,
    pub(crate) wants_csrf_tokens: bool,
    pub(crate) store: OpenStore,
    pub(crate) users: Users,
    pub(crate) gates: Gates,
    pub(crate) events: Arc<EventLog>,
    pub(crate) acts: AtomicU64,
    pub(crate) manual_clock: Option<Arc<ManualClock>>,
}

/// Why the program does not start.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    SealKeys(#[from] SealKeysError),
    #[error("{0} means something with --sealed only")]
    OnlySealed(&'static str),
    #[error(transparent)]
    Store(#[from] StoreTrouble),
    #[error(transparent)]
    Lifetime(#[from] InvalidLifetime),
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl App {
    pub(crate) async fn start(flags: Flags) -> Result<Self, StartError> {
        if let Some(flag) = flags.only_sealed() {
            return Err(StartError::OnlySealed(flag));
        }
        let store = OpenStore::open(flags.revocations.as_deref().unwrap_or(&flags.store)).await?;
        let events = Arc::new(EventLog::default());
        let manual_clock =
            flags.manual_clock.then(|| Arc::new(ManualClock::starting_at(SystemClock::new().now())));
        let near = flags.near_cache().map(|bound| near_options(bound, manual_clock.as_ref()));
        let opened = match flags.seal_keys()? {
            Some(keys) => Faces::Sealed(store.marks(keys)),
            None => store.sessions(near),
        };
        let clock = manual_clock.as_ref();
        let sessions = match opened {
            Faces::Plain(sessions) => Faces::Plain(set_up(sessions, &flags, &events, clock)?),
            Faces::Sealed(sessions) => Faces::Sealed(set_up(sessions, &flags, &events, clock)?),
            Faces::Indexed(sessions) => {
                let sessions = set_up(sessions, &flags, &events, clock)?;
                Faces::Indexed(match NonZeroUsize::new(flags.cap) {
                    Some(sessions_max) => sessions.cap(sessions_max, flags.cap_policy()),
                    None => sessions,
                })
            }
        };
        if manual_clock.is_none() {
            sessions.spawn_purge();
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

fn set_up<I>(
    sessions: Sessions<I>,
    flags: &Flags,
    events: &Arc<EventLog>,
    manual_clock: Option<&Arc<ManualClock>>,
) -> Result<Sessions<I>, StartError> {
    let renewal =
        flags.renewal_period().map_or(Renewal::on_demand(), Renewal::every).with_grace(flags.grace());
    let sessions = sessions
        .cookie(CookiePolicy::host(COOKIE))
        .lifetime(Lifetime::try_new(flags.idle(), flags.absolute(), flags.touch_window())?)
        .renewal(renewal)
        .reuse(flags.reuse_policy())
        .reauthentication_window(flags.reauthentication_window())
        .store_timeout(flags.store_timeout())
        .events(Arc::clone(events));
    Ok(match manual_clock {
        Some(clock) => sessions.clock(Arc::clone(clock)),
        None => sessions,
    })
}

fn near_options(bound: Duration, manual: Option<&Arc<ManualClock>>) -> NearOptions {
    let options = NearOptions::new().staleness_max(bound);
    match manual {
        Some(manual) => options.clock(BothClocks::starting_at(manual)),
        None => options,
    }
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
