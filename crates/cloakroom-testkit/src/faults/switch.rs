//! What decides whether a call gets through.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::entropy::Seeded;

/// How a [`Faulty`](super::Faulty) store is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Every call gets through.
    #[default]
    Ok,
    /// Every call fails at once, and has no effect.
    Down,
    /// No call is answered, nor has an effect, until the mode changes; then it goes by the new one.
    Hang,
}

/// The control of a [`Faulty`](super::Faulty) store; a clone controls the same one.
#[derive(Clone, Debug)]
pub struct Switch {
    mode: watch::Sender<Mode>,
    plan: Arc<Mutex<Plan>>,
    calls: Arc<AtomicU64>,
}

#[derive(Default)]
struct Plan {
    lots: Option<Lots>,
    holds: Vec<Hold>,
}

/// The delayed call's side of a [`Held`].
struct Hold {
    /// Counted as the switch counts calls.
    number: u64,
    has_come: watch::Sender<bool>,
    released: watch::Receiver<()>,
}

/// One call in so many fails.
struct Lots {
    dice: Seeded,
    one_in: NonZeroU64,
}

/// What becomes of a call that got through the mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is made, and its answer given.
    Answered,
    /// It fails and was never made.
    FailsBefore,
    /// It is made, and its answer is lost: the caller cannot know that it took effect.
    FailsAfter,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("lots", &self.lots.is_some()).field("holds", &self.holds.len()).finish()
    }
}

impl Switch {
    pub(super) fn new() -> Self {
        Self { mode: watch::Sender::new(Mode::Ok), plan: Arc::default(), calls: Arc::default() }
    }

    /// Sets how the store is doing, for calls that wait already too.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// How the store is doing.
    pub fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    /// Lets one call in `one_in` fail, drawn from this seed: half of them before they have an effect, half after.
    pub fn fail_at_random(&self, seed: u64, one_in: NonZeroU64) {
        self.with_plan(|plan| plan.lots = Some(Lots { dice: Seeded::new(seed), one_in }));
    }

    /// Lets no more calls fail at random.
    pub fn fail_no_more(&self) {
        self.with_plan(|plan| plan.lots = None);
    }

    /// Delays the `nth` call from now, the next being the first, until what this returns is released or dropped.
    ///
    /// Calls after it are not delayed, so they overtake it.
    pub fn hold_call(&self, nth: NonZeroU64) -> Held {
        let (has_come, came) = watch::channel(false);
        let (release, released) = watch::channel(());
        let number = self.calls.load(Ordering::Relaxed) + nth.get();
        self.with_plan(|plan| plan.holds.push(Hold { number, has_come, released }));
        Held { came, release }
    }

    /// Whether a call may be answered without waiting: nothing is planned that could delay it or let it fail.
    pub(super) fn is_clear(&self) -> bool {
        self.mode() == Mode::Ok && self.with_plan(|plan| plan.lots.is_none() && plan.holds.is_empty())
    }

    /// Notes a call that was answered without waiting.
    pub(super) fn note(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until the call may go on, and says how it ends.
    pub(super) async fn fate(&self) -> Fate {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let hold = self.with_plan(|plan| {
            let at = plan.holds.iter().position(|hold| hold.number == number)?;
            Some(plan.holds.swap_remove(at))
        });
        if let Some(mut hold) = hold {
            hold.has_come.send_replace(true);
            // Nothing is ever sent: the wait ends when the other side is dropped.
            while hold.released.changed().await.is_ok() {}
        }
        let mut mode = self.mode.subscribe();
        loop {
            match *mode.borrow_and_update() {
                Mode::Ok => break,
                Mode::Down => return Fate::FailsBefore,
                Mode::Hang => {}
            }
            if mode.changed().await.is_err() {
                break;
            }
        }
        self.with_plan(|plan| plan.lots.as_ref().map_or(Fate::Answered, Lots::draw))
    }

    fn with_plan<T>(&self, step: impl FnOnce(&mut Plan) -> T) -> T {
        step(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Lots {
    fn draw(&self) -> Fate {
        match self.dice.below(self.one_in.get().saturating_mul(2)) {
            0 => Fate::FailsBefore,
            1 => Fate::FailsAfter,
            _ => Fate::Answered,
        }
    }
}

/// A call that is delayed; see [`Switch::hold_call`].
#[derive(Debug)]
#[must_use = "the call goes on as soon as this is dropped"]
pub struct Held {
    came: watch::Receiver<bool>,
    release: watch::Sender<()>,
}

impl Held {
    /// Waits until the call has come and is being held; for ever when nobody makes it.
    pub async fn has_come(&self) {
        // The other side is kept by the plan until the call comes, and by the call then.
        let _ = self.came.clone().wait_for(|has_come| *has_come).await;
    }

    /// Lets the call go on.
    pub fn release(self) {
        drop(self.release);
    }
}
