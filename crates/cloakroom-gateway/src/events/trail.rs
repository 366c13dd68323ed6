//! Where events are recorded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloakroom::{Entropy, EntropyError};
use tokio::sync::{Mutex as AsyncMutex, Notify};

use crate::accounts::UserId;
use crate::events::actor::Actor;
use crate::events::context;
use crate::events::event::Event;
use crate::events::flood::Flood;
use crate::events::instance::Instance;
use crate::events::kind::EventKind;
use crate::events::line;
use crate::events::queue::Queue;
use crate::events::watcher::EventWatcher;

/// Where the events of this process are recorded. Cheap to clone.
///
/// Recording waits for nothing: an event becomes a line of the log and goes into a queue. A gateway has [a task](super::writing) that
/// writes down what is there; a command writes it down itself before it returns.
#[derive(Clone, Debug)]
pub(crate) struct Trail(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) instance: Instance,
    pub(super) queue: Mutex<Queue>,
    pub(super) flood: Flood,
    /// There is something to write down.
    pub(super) wake: Notify,
    /// One at a time writes down what is first.
    pub(super) writing: AsyncMutex<Unsettled>,
    /// Whether a task writes down what is recorded.
    pub(super) has_writer: AtomicBool,
    /// Who is told of every event, at once.
    watcher: Box<dyn EventWatcher>,
    /// Who does what no request is behind.
    by_default: Mutex<Actor>,
    pub(super) counts: Counts,
}

/// What the one who writes knows of the last attempt.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// So many of the first have been sent to the database, and nobody knows whether they are there. They are sent again as they
    /// are, and nothing with them.
    pub(super) rows: Option<usize>,
    /// Names of users, which never change.
    pub(super) names: HashMap<UserId, Box<str>>,
}

/// How many events there were, for whoever watches.
#[derive(Debug)]
pub(super) struct Counts {
    pub(super) recorded: Box<[AtomicU64]>,
    pub(super) lost: AtomicU64,
    pub(super) failures: AtomicU64,
}

impl Trail {
    /// A trail of this process, which nobody writes down yet. What no request is behind is done by the command line until
    /// [a gateway](Trail::begin_gateway) begins.
    pub(crate) fn new(entropy: &impl Entropy, watcher: impl EventWatcher) -> Result<Self, EntropyError> {
        let recorded = EventKind::ALL.iter().map(|_| AtomicU64::new(0)).collect();
        Ok(Self(Arc::new(Inner {
            instance: Instance::draw(entropy)?,
            queue: Mutex::default(),
            flood: Flood::default(),
            wake: Notify::new(),
            writing: AsyncMutex::default(),
            has_writer: AtomicBool::new(false),
            watcher: Box::new(watcher),
            by_default: Mutex::new(Actor::command_line()),
            counts: Counts { recorded, lost: AtomicU64::new(0), failures: AtomicU64::new(0) },
        })))
    }

    /// This process is a gateway: a task writes, and what no request is behind the gateway itself does.
    pub(super) fn begin_gateway(&self) {
        *self.0.by_default.lock().unwrap_or_else(PoisonError::into_inner) = Actor::Gateway;
        self.0.has_writer.store(true, Ordering::Release);
    }

    /// Records an event, with what the request that it happened in says.
    pub(crate) fn record(&self, mut event: Event) {
        self.0.counts.recorded[event.kind as usize].fetch_add(1, Ordering::Relaxed);
        self.0.watcher.happened(event.kind, event.reason);
        if !self.0.flood.admits(event.kind, event.at) {
            return;
        }
        context::complete(&mut event);
        self.take_in(event);
    }

    /// A visitor's session began: it is counted, and not written down.
    pub(super) fn visitor_began(&self) {
        self.0.watcher.visitor_began();
    }

    /// Records without looking at how many there were.
    pub(super) fn take_in(&self, mut event: Event) {
        let inner = &self.0;
        if event.actor.is_none() {
            event.actor = Some(inner.by_default.lock().unwrap_or_else(PoisonError::into_inner).clone());
        }
        line::write(&event);
        if !inner.queue.lock().unwrap_or_else(PoisonError::into_inner).push(event) {
            inner.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
        inner.wake.notify_one();
    }

    /// The name of this process.
    pub(crate) fn instance(&self) -> String {
        self.0.instance.to_string()
    }

    /// Whether a task writes down what is recorded, as in a gateway.
    pub(crate) fn has_writer(&self) -> bool {
        self.0.has_writer.load(Ordering::Acquire)
    }

    /// How many events of a kind there were, those of a flood too.
    pub(crate) fn recorded(&self, kind: EventKind) -> u64 {
        self.0.counts.recorded[kind as usize].load(Ordering::Relaxed)
    }

    /// How many found no room and are in the log alone.
    pub(crate) fn lost(&self) -> u64 {
        self.0.counts.lost.load(Ordering::Relaxed)
    }

    /// How often the database did not take what was to be written down.
    pub(crate) fn failures(&self) -> u64 {
        self.0.counts.failures.load(Ordering::Relaxed)
    }

    /// How many wait for the database.
    pub(crate) fn waiting(&self) -> usize {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
