//! The text that Prometheus reads.
//!
//! Source: Prometheus, "Text-based format", version 0.0.4.

use std::fmt::Write as _;

use crate::metrics::families::{Family, Type};
use crate::metrics::histogram::{BOUNDS_NS, Histogram};

/// The media type.
pub(super) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes families, each with its samples.
#[derive(Debug, Default)]
pub(super) struct Text(String);

/// The values of a family's labels, in their order. They are words of the program's own, which need no escapes.
pub(super) type Values<'v> = &'v [&'v str];

impl Text {
    /// Begins a family.
    pub(super) fn family(&mut self, family: &Family) {
        let kind = match family.kind {
            Type::Counter => "counter",
            Type::Gauge => "gauge",
            Type::Histogram => "histogram",
        };
        self.line(format_args!("# HELP {} {}", family.name, family.help));
        self.line(format_args!("# TYPE {} {kind}", family.name));
    }

    /// One number.
    pub(super) fn sample(&mut self, family: &Family, values: Values<'_>, number: impl std::fmt::Display) {
        self.line(format_args!("{}{} {number}", family.name, labels(family, values, None)));
    }

    /// A histogram: how many took at most so long, all in all how long, and how many there were.
    pub(super) fn histogram(&mut self, family: &Family, values: Values<'_>, histogram: &Histogram) {
        let snapshot = histogram.snapshot();
        let (name, total) = (family.name, snapshot.at_most.last().copied().unwrap_or(0));
        for (bound, count) in BOUNDS_NS.iter().zip(&snapshot.at_most) {
            let bound = seconds(*bound);
            self.line(format_args!("{name}_bucket{} {count}", labels(family, values, Some(&bound))));
        }
        self.line(format_args!("{name}_bucket{} {total}", labels(family, values, Some("+Inf"))));
        self.line(format_args!("{name}_sum{} {}", labels(family, values, None), snapshot.sum.as_secs_f64()));
        self.line(format_args!("{name}_count{} {total}", labels(family, values, None)));
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let _infallible = writeln!(self.0, "{line}");
    }
}

/// A bound as people write it: `0.0025`.
fn seconds(nanoseconds: u64) -> String {
    let text = format!("{}.{:09}", nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn labels(family: &Family, values: Values<'_>, bound: Option<&str>) -> String {
    let pairs = family.labels.iter().zip(values).map(|(name, value)| format!("{name}=\"{value}\""));
    let pairs: Vec<String> = pairs.chain(bound.map(|bound| format!("le=\"{bound}\""))).collect();
    if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_written_in_seconds() {
        assert_eq!(
            [10_000, 2_500_000, 500_000_000, 5_000_000_000].map(seconds),
            ["0.00001", "0.0025", "0.5", "5"]
        );
    }
}
