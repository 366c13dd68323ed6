//! What is counted and timed, for Prometheus.
//!
//! Every label is one of a few words of the program's own, so that there are as many series as are known beforehand and nothing that
//! comes from a request makes another. A series is an atomic number at a fixed place: counting is one addition, without a look-up, a
//! lock or an allocation. What is [recorded](crate::events) as an event is counted there, once for both.
//!
//! Reading two clocks costs as much as counting ten times, so that what every request does, which is to look its session up, is timed once in
//! [sixteen](stopwatch) times.

mod buckets;
mod events;
mod families;
mod histogram;
mod labels;
mod listener;
mod measured;
#[cfg(test)]
mod reference;
mod registry;
mod render;
mod series;
mod stopwatch;
mod text;
mod totals;

pub(crate) use buckets::{Buckets, LONGEST_NS, SHORTEST_NS};
pub(crate) use labels::{Decision, Door, HashWork, RouteClass};
pub(crate) use listener::MetricsServer;
pub(crate) use measured::{Measured, Role};
pub(crate) use registry::Metrics;
pub(crate) use totals::Totals;
