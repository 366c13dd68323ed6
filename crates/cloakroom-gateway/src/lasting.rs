//! What outlasts its request, such as a socket or a stream of events, and the sessions that it lives by.
//!
//! Sessions are looked at, and not sockets: a thousand sockets of one session cost one look, and a socket waits without being asked. A
//! store that tells of changes is listened to, and looked at now and then beside that; any other is looked at every two seconds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloakroom::store::{Change, ChangeSink};
use cloakroom::{Clock as _, SessionId, Sessions, SystemClock, Timestamp};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::installation::Installation;

/// How often a session is looked at where its store tells of no changes.
const LOOK: Duration = Duration::from_secs(2);

/// The same where the store tells of changes, in case one was lost on the way.
const LOOK_WHEN_TOLD: Duration = Duration::from_secs(20);

/// How often it is found out which sessions are due.
const TICK: Duration = Duration::from_millis(250);

/// How many sessions are looked at side by side.
const SIDE_BY_SIDE: usize = 32;

/// Everything that is open beyond its request. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Lasting(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    began: Instant,
    sessions: Mutex<HashMap<SessionId, Arc<Watched>>>,
    /// That of whatever needs no session.
    without: Arc<Watched>,
    /// Some sessions are due before their time.
    wake: Notify,
    /// The store tells of changes.
    is_told: AtomicBool,
    says_farewell: AtomicBool,
    open: AtomicUsize,
    all_closed: Notify,
}

/// A session that something hangs on.
#[derive(Debug, Default)]
struct Watched {
    /// 0 while it lives, else a [`Why`].
    end: AtomicU8,
    ended: Notify,
    /// When it is looked at again, in milliseconds.
    due_ms: AtomicU64,
    /// When it expires, as of the last look and in milliseconds; 0 before the first.
    expires_ms: AtomicU64,
    /// Something was told of it since it was last looked at.
    has_news: AtomicBool,
    /// How many hang on it. Changed under the lock of the map alone.
    holders: AtomicUsize,
}

/// Why something open has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Somebody has ended its session.
    SessionEnded = 1,
    /// The process ends.
    Farewell = 2,
    /// The table of its application is gone, or another.
    Retired = 3,
    /// Its session has expired.
    Expired = 4,
}

/// That an application's table is gone, or another, since the configuration was reloaded. All clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Retirement(Arc<Retiring>);

#[derive(Debug, Default)]
struct Retiring {
    has_come: AtomicBool,
    comes: Notify,
}

/// A session as an application with limits of its own sees it.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The sessions as its origin sees them.
    pub(crate) sessions: Sessions,
    /// The time by which they are judged.
    pub(crate) clock: Arc<SystemClock>,
}

/// One thing that is open. It counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    lasting: Lasting,
    session: Option<SessionId>,
    watched: Arc<Watched>,
    retirement: Retirement,
    view: Option<View>,
}

impl Lasting {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            began: Instant::now(),
            sessions: Mutex::default(),
            without: Arc::default(),
            wake: Notify::new(),
            is_told: AtomicBool::new(false),
            says_farewell: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            all_closed: Notify::new(),
        }))
    }

    /// Something opens, by a session if it needs one, which is looked at soon: it may have ended since the request was judged.
    pub(crate) fn open(&self, session: Option<SessionId>) -> Hold {
        let watched = match session {
            None => Arc::clone(&self.0.without),
            Some(id) => {
                let mut sessions = self.sessions();
                let watched = Arc::clone(sessions.entry(id).or_default());
                watched.holders.fetch_add(1, Ordering::Relaxed);
                watched
            }
        };
        if self.0.says_farewell.load(Ordering::SeqCst) {
            watched.end(Why::Farewell);
        }
        self.0.open.fetch_add(1, Ordering::SeqCst);
        Hold { lasting: self.clone(), session, watched, retirement: Retirement::default(), view: None }
    }

    /// How many things are open.
    pub(crate) fn count(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// Tells everything that is open, and whatever opens from now on, that the process ends.
    pub(crate) fn say_farewell(&self) {
        self.0.says_farewell.store(true, Ordering::SeqCst);
        self.0.without.end(Why::Farewell);
        for watched in self.sessions().values() {
            watched.end(Why::Farewell);
        }
    }

    /// Completes when nothing is open.
    pub(crate) async fn all_closed(&self) {
        loop {
            let closed = self.0.all_closed.notified();
            if self.count() == 0 {
                return;
            }
            closed.await;
        }
    }

    /// Looks after the sessions for as long as the process runs.
    pub(crate) async fn keep_watch(self, installation: Installation) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = self.0.wake.notified() => {}
            }
            let mut looks = JoinSet::new();
            for (id, watched) in self.due() {
                if looks.len() >= SIDE_BY_SIDE {
                    looks.join_next().await;
                }
                looks.spawn(self.clone().look(installation.clone(), id, watched));
            }
            while looks.join_next().await.is_some() {}
        }
    }

    /// A store that is down for a moment ends nothing.
    async fn look(self, installation: Installation, id: SessionId, watched: Arc<Watched>) {
        watched.has_news.store(false, Ordering::SeqCst);
        let told = self.0.is_told.load(Ordering::Relaxed);
        let mut next = if told { LOOK_WHEN_TOLD } else { LOOK };
        match installation.sessions().find(id).await {
            Ok(None) => return watched.end(watched.why_gone(installation.now())),
            Ok(Some(info)) => {
                watched.expires_ms.store(info.expires_at.as_millis(), Ordering::Relaxed);
                next = next.min(info.expires_at.since(installation.now()));
            }
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "a session could not be looked at");
            }
        }
        // Spread by the ID, so that sessions that came together do not stay together.
        let spread = u32::from(id.as_octets()[0]);
        watched.due_ms.store(self.now_ms() + as_ms(next / 2 + next * spread / 512), Ordering::Relaxed);
    }

    fn due(&self) -> Vec<(SessionId, Arc<Watched>)> {
        let now_ms = self.now_ms();
        let is_due = |watched: &Watched| {
            let is_due =
                watched.has_news.load(Ordering::SeqCst) || watched.due_ms.load(Ordering::Relaxed) <= now_ms;
            is_due && watched.end.load(Ordering::Relaxed) == 0
        };
        let sessions = self.sessions();
        let due = sessions.iter().filter(|(_, watched)| is_due(watched));
        due.map(|(id, watched)| (*id, Arc::clone(watched))).collect()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Watched>>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        as_ms(self.0.began.elapsed())
    }
}

/// What the store tells makes sessions due, and decides nothing.
impl ChangeSink for Lasting {
    fn tell(&self, change: Change<'_>) {
        match change {
            Change::Session(id) => match self.sessions().get(&id) {
                Some(watched) => watched.has_news.store(true, Ordering::SeqCst),
                None => return,
            },
            Change::Subject(_) | Change::Everyone | Change::Connected | Change::Lost => {
                for watched in self.sessions().values() {
                    watched.has_news.store(true, Ordering::SeqCst);
                }
            }
        }
        match change {
            Change::Connected => self.0.is_told.store(true, Ordering::Relaxed),
            Change::Lost => self.0.is_told.store(false, Ordering::Relaxed),
            Change::Session(_) | Change::Subject(_) | Change::Everyone => {}
        }
        self.0.wake.notify_one();
    }
}

impl Watched {
    /// Why a session that is there no more is gone.
    fn why_gone(&self, now: Timestamp) -> Why {
        let expires_ms = self.expires_ms.load(Ordering::Relaxed);
        if (1..=now.as_millis()).contains(&expires_ms) { Why::Expired } else { Why::SessionEnded }
    }

    /// The first reason stands.
    fn end(&self, why: Why) {
        let _first = self.end.compare_exchange(0, why as u8, Ordering::SeqCst, Ordering::SeqCst);
        self.ended.notify_waiters();
    }
}

impl Retirement {
    /// Ends whatever is open at the application, or opens there from now on.
    pub(crate) fn come(&self) {
        self.0.has_come.store(true, Ordering::SeqCst);
        self.0.comes.notify_waiters();
    }

    async fn has_come(&self) {
        let comes = self.0.comes.notified();
        if !self.0.has_come.load(Ordering::SeqCst) {
            comes.await;
        }
    }
}

impl Hold {
    /// It ends with its application, too.
    #[must_use]
    pub(crate) fn until(mut self, retirement: &Retirement) -> Self {
        self.retirement = retirement.clone();
        self
    }

    /// It ends where its application sees the session no more, too.
    #[must_use]
    pub(crate) fn seen_by(mut self, view: Option<&View>) -> Self {
        self.view = view.cloned();
        self
    }

    /// It ends with its application no more.
    #[must_use]
    pub(crate) fn whatever_the_table(mut self) -> Self {
        self.retirement = Retirement::default();
        self
    }

    /// Completes when it has to end.
    pub(crate) async fn ended(&self) -> Why {
        tokio::select! {
            why = self.session_ended() => why,
            () = self.retirement.has_come() => Why::Retired,
            () = self.has_lapsed() => Why::Expired,
        }
    }

    /// Completes when a limit of the application's own has passed; never where it has none. Nobody looks before it may be so.
    async fn has_lapsed(&self) {
        let (Some(id), Some(View { sessions, clock })) = (self.session, &self.view) else {
            return pending().await;
        };
        loop {
            let rest = match sessions.find(id).await {
                Ok(None) => return,
                Ok(Some(info)) => info.expires_at.since(clock.now()),
                // A store that is down for a moment ends nothing.
                Err(_) => LOOK,
            };
            tokio::time::sleep(rest).await;
        }
    }

    async fn session_ended(&self) -> Why {
        loop {
            // Begun before the look, so that nothing is missed between the two.
            let ended = self.watched.ended.notified();
            match self.watched.end.load(Ordering::SeqCst) {
                0 => ended.await,
                end if end == Why::SessionEnded as u8 => return Why::SessionEnded,
                end if end == Why::Expired as u8 => return Why::Expired,
                _ => return Why::Farewell,
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(id) = self.session {
            let mut sessions = self.lasting.sessions();
            if self.watched.holders.fetch_sub(1, Ordering::Relaxed) == 1
                && let Entry::Occupied(entry) = sessions.entry(id)
            {
                entry.remove();
                if sessions.len() < sessions.capacity() / 4 {
                    sessions.shrink_to_fit();
                }
            }
        }
        if self.lasting.0.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.lasting.0.all_closed.notify_waiters();
        }
    }
}

fn as_ms(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
