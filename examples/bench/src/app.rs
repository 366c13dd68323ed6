//! What both listeners share.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloakroom::{
    Clock, CookiePolicy, CrossOrigin, Indexed, InvalidLifetime, InvalidOrigin, Lifetime, NearOptions, Plain,
    Renewal, Sessions, SystemClock, Timestamp, seconds,
};
use cloakroom_testkit::clock::ManualClock;
use serde_json::json;
use thiserror::Error;

use crate::flags::{CsrfFlag, Flags};
use crate::gates::Gates;
use crate::log::EventLog;
use crate::store::{AnySessions, OpenStore, StoreTrouble};
use crate::users::Users;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "sid";

/// The application under test and its instruments.
pub(crate) struct App {
    pub(crate) sessions: Sessions<Plain>,
    indexed: Option<Sessions<Indexed>>,
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
    #[error("{0}: not yet")]
    NotYet(&'static str),
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
        if let Some(flag) = flags.not_yet() {
            return Err(StartError::NotYet(flag));
        }
        let store = OpenStore::open(&flags.store).await?;
        let events = Arc::new(EventLog::default());
        let manual_clock =
            flags.manual_clock.then(|| Arc::new(ManualClock::starting_at(SystemClock::new().now())));
        let near = flags.near_cache().map(|bound| near_options(bound, manual_clock.as_ref()));
        let (sessions, indexed) = match store.sessions(near) {
            AnySessions::Plain(sessions) => (set_up(sessions, &flags, &events, manual_clock.as_ref())?, None),
            AnySessions::Indexed(sessions) => {
                let mut sessions = set_up(sessions, &flags, &events, manual_clock.as_ref())?;
                if let Some(sessions_max) = NonZeroUsize::new(flags.cap) {
                    sessions = sessions.cap(sessions_max, flags.cap_policy());
                }
                (sessions.clone().into(), Some(sessions))
            }
        };
        if manual_clock.is_none() {
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
            indexed,
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

    /// The sessions on a store that finds them by subject.
    pub(crate) fn indexed(&self) -> Result<&Sessions<Indexed>, NotSupported> {
        self.indexed.as_ref().ok_or(NotSupported)
    }
}

/// What was asked for is nothing that the store can do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotSupported;

impl IntoResponse for NotSupported {
    fn into_response(self) -> Response {
        (StatusCode::NOT_IMPLEMENTED, Json(json!({ "error": "not_supported_by_store" }))).into_response()
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
