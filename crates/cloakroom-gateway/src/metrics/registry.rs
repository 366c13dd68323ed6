//! All series.

use std::sync::Arc;

use cloakroom::Timestamp;
use http::StatusCode;

use crate::metrics::histogram::Histogram;
use crate::metrics::labels::{
    Beginning, Copied, Decision, Door, Ending, HashWork, Outcome, RouteClass, SignInMethod, SignInOutcome,
    StoreOperation, of_word,
};
use crate::metrics::series::{Counts, CountsOfTwo, Label as _};
use crate::metrics::stopwatch::{Sample, Stopwatch};

/// All series of this process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics(pub(super) Arc<Series>);

#[derive(Debug)]
pub(super) struct Series {
    pub(super) started_at: Timestamp,
    pub(super) requests: CountsOfTwo<RouteClass, super::labels::StatusClass>,
    pub(super) verifications: CountsOfTwo<Door, Decision>,
    pub(super) session_checks: Histogram,
    session_check_sample: Sample,
    pub(super) store: Vec<Histogram>,
    store_sample: Sample,
    pub(super) store_calls: CountsOfTwo<StoreOperation, Outcome>,
    pub(super) passwords: [Histogram; 2],
    pub(super) sign_ins: CountsOfTwo<SignInMethod, SignInOutcome>,
    pub(super) sessions_begun: Counts<Beginning>,
    pub(super) sessions_ended: Counts<Ending>,
    pub(super) copies: Counts<Copied>,
}

/// A duration that is being measured, unless it is none of those that are.
#[derive(Debug)]
pub(crate) struct Timing<'m>(Option<(Stopwatch, &'m Histogram)>);

impl Metrics {
    /// The series of a process that starts now.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self(Arc::new(Series {
            started_at: now,
            requests: CountsOfTwo::default(),
            verifications: CountsOfTwo::default(),
            session_checks: Histogram::default(),
            session_check_sample: Sample::default(),
            store: StoreOperation::ALL.iter().map(|_| Histogram::default()).collect(),
            store_sample: Sample::default(),
            store_calls: CountsOfTwo::default(),
            passwords: Default::default(),
            sign_ins: CountsOfTwo::default(),
            sessions_begun: Counts::default(),
            sessions_ended: Counts::default(),
            copies: Counts::default(),
        }))
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: RouteClass, status: StatusCode) {
        self.0.requests.add(route, status.into());
    }

    /// It was said whether a request may pass.
    pub(crate) fn verified(&self, door: Door, decision: Decision) {
        self.0.verifications.add(door, decision);
    }

    /// A request's session is looked up and judged; ends when it is dropped.
    pub(crate) fn session_check(&self) -> Timing<'_> {
        Timing(self.0.session_check_sample.start().map(|watch| (watch, &self.0.session_checks)))
    }

    /// A password is worked on, from when it waits for its turn; ends when it is dropped.
    pub(crate) fn password(&self, work: HashWork) -> Timing<'_> {
        Timing(Some((Stopwatch::start(), &self.0.passwords[work.place()])))
    }

    /// A store is asked; ends when it is dropped.
    pub(super) fn store(&self, operation: StoreOperation) -> Timing<'_> {
        Timing(Some((Stopwatch::start(), &self.0.store[operation.place()])))
    }

    /// The same, of what is so quick that not each is timed.
    pub(super) fn store_at_once(&self, operation: StoreOperation) -> Timing<'_> {
        Timing(self.0.store_sample.start().map(|watch| (watch, &self.0.store[operation.place()])))
    }

    /// Somebody signed in, or did not.
    pub(crate) fn signed_in(&self, method: Option<&str>, outcome: SignInOutcome) {
        self.0.sign_ins.add(of_word(method), outcome);
    }

    /// A session began.
    pub(crate) fn session_begun(&self, how: Beginning) {
        self.0.sessions_begun.add(how);
    }

    /// A session ended.
    pub(crate) fn session_ended(&self, why: Option<&str>) {
        self.0.sessions_ended.add(of_word(why));
    }

    /// So many sessions ended with everybody's.
    pub(crate) fn everyone_ended(&self, sessions: u64) {
        self.0.sessions_ended.add_some(Ending::EveryoneRevoked, sessions);
    }
}

impl Drop for Timing<'_> {
    fn drop(&mut self) {
        if let Some((watch, histogram)) = &self.0 {
            histogram.observe(watch.read());
        }
    }
}
