//! How a near cache is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloakroom_core::{Clock, seconds};

use crate::system::SystemClock;

/// How old copies may be, and how much room they have.
///
/// ```
/// use cloakroom::{NearOptions, seconds};
///
/// let options = NearOptions::new().staleness_max(seconds(2)).octets_max(64 << 20);
/// ```
#[derive(Clone)]
pub struct NearOptions {
    pub(super) staleness_max: Duration,
    pub(super) octets_max: usize,
    pub(super) clock: Arc<dyn Clock>,
}

impl NearOptions {
    /// Copies of at most a second, in 32 MiB.
    pub fn new() -> Self {
        Self { staleness_max: seconds(1), octets_max: 32 << 20, clock: Arc::new(SystemClock::new()) }
    }

    /// How old a copy may be when it is used, in whole milliseconds: within this time after it has returned, a revocation on
    /// another node takes effect here, whatever becomes of connections. Zero makes no copies.
    ///
    /// The age counts from before the row was asked for.
    #[must_use]
    pub fn staleness_max(self, bound: Duration) -> Self {
        Self { staleness_max: bound, ..self }
    }

    /// How much memory the copies may take, what finds them again included. One of an ordinary session takes some 300 octets, and
    /// what is worth keeping is what comes again within the bound.
    #[must_use]
    pub fn octets_max(self, octets_max: usize) -> Self {
        Self { octets_max, ..self }
    }

    /// Another clock, for tests. It must not stand still while a row can be ended elsewhere, or the bound means nothing.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }
}

impl Default for NearOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for NearOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearOptions")
            .field("staleness_max", &self.staleness_max)
            .field("octets_max", &self.octets_max)
            .finish_non_exhaustive()
    }
}
