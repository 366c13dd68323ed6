//! What is being ended by what it is like, and why.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use cloakroom::Timestamp;
use thiserror::Error;

use crate::accounts::UserName;
use crate::installation::session_filter::SessionFilter;

/// How many that are over are remembered.
const REMEMBERED: usize = 10;

/// What is under way in this process, and what was, the latest first.
#[derive(Debug, Default)]
pub(super) struct BulkEndings(Mutex<VecDeque<Arc<BulkEnding>>>);

/// Ending all sessions that are like this.
#[derive(Debug)]
pub(crate) struct BulkEnding {
    /// Which sessions.
    pub(crate) filter: SessionFilter,
    /// Why.
    pub(crate) reason: EndReason,
    /// Who has asked for it.
    pub(crate) by: UserName,
    /// Since when. What began later is spared.
    pub(crate) begun_at: Timestamp,
    pub(super) ended: AtomicU64,
    pub(super) outcome: OnceLock<BulkOutcome>,
}

/// How it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BulkOutcome {
    /// No such session is left.
    Done,
    /// The store or the trail failed; what was ended until then stays ended.
    Failed,
}

/// Why sessions are ended, in somebody's own words: one line of 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndReason(String);

/// The text is no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a reason is one line of 1 to {} characters", EndReason::CHARACTERS_MAX)]
pub(crate) struct InvalidEndReason;

impl EndReason {
    /// The most characters of a reason.
    pub(crate) const CHARACTERS_MAX: usize = 100;

    /// The words.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EndReason {
    type Err = InvalidEndReason;

    fn from_str(text: &str) -> Result<Self, InvalidEndReason> {
        let text = text.trim();
        let fits = (1..=Self::CHARACTERS_MAX).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEndReason)
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl BulkEnding {
    /// How many it has ended so far.
    pub(crate) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// How it came to its end; `None` while it is under way.
    pub(crate) fn outcome(&self) -> Option<BulkOutcome> {
        self.outcome.get().copied()
    }
}

impl BulkEndings {
    /// Remembers one that begins; `false` while another is under way.
    #[must_use]
    pub(super) fn begin(&self, ending: &Arc<BulkEnding>) -> bool {
        let mut all = self.lock();
        if all.front().is_some_and(|latest| latest.outcome().is_none()) {
            return false;
        }
        all.push_front(Arc::clone(ending));
        all.truncate(REMEMBERED);
        true
    }

    /// All that are remembered, the latest first.
    pub(super) fn all(&self) -> Vec<Arc<BulkEnding>> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<BulkEnding>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_line_that_somebody_can_read_later() {
        assert_eq!("  stolen laptop ".parse::<EndReason>().unwrap().as_str(), "stolen laptop");
        assert!("é".repeat(100).parse::<EndReason>().is_ok());
        for wrong in ["", " ", "a\nb", &"x".repeat(101)] {
            assert_eq!(wrong.parse::<EndReason>(), Err(InvalidEndReason), "{wrong}");
        }
    }
}
