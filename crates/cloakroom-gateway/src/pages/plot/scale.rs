//! From values to heights.

use super::figures::{exact, short};

/// How a plot's values become heights, and which of them are written at its axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    kind: Kind,
    bottom: f64,
    top: f64,
    ticks: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Whole numbers from zero.
    Counts,
    /// Nanoseconds, ten times as many with each step.
    Durations,
}

/// So many spaces lie between the lines of a grid at most.
const SPACES_MAX: f64 = 4.0;

/// Decades of durations: from a hundred nanoseconds to a hundred seconds.
const DECADES: [i32; 2] = [2, 11];

impl Scale {
    /// For counts up to this one: from zero in round steps of 1, 2 or 5, to the first that is not exceeded.
    pub(crate) fn counts(most: f64) -> Self {
        let most = if most.is_finite() { most.max(1.0) } else { 1.0 };
        let rough = (most / SPACES_MAX).max(1.0);
        let decade = 10_f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0].into_iter().map(|part| part * decade).find(|step| *step >= rough * 0.999_999);
        let step = step.unwrap_or(decade * 10.0);
        let top = (most / step).ceil() * step;
        let mut ticks = vec![0.0];
        while let Some(last) = ticks.last().filter(|last| **last < top - step / 2.0) {
            ticks.push(last + step);
        }
        Self { kind: Kind::Counts, bottom: 0.0, top, ticks }
    }

    /// For durations between these: whole decades, at least one of them.
    pub(crate) fn durations(least: f64, most: f64) -> Self {
        let [shortest, longest] = DECADES;
        let decade = |ns: f64| if ns.is_finite() && ns > 0.0 { ns.log10() } else { 4.0 };
        #[expect(clippy::cast_possible_truncation, reason = "a number of digits")]
        let (low, high) = (decade(least).floor() as i32, decade(most).ceil() as i32);
        let low = low.clamp(shortest, longest - 1);
        let high = high.clamp(low + 1, longest);
        let ticks: Vec<f64> = (low..=high).map(|power| 10_f64.powi(power)).collect();
        Self { kind: Kind::Durations, bottom: 10_f64.powi(low), top: 10_f64.powi(high), ticks }
    }

    /// Where a value is between the bottom and the top, from 0 to 1; what lies outside is at the edge.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match self.kind {
            Kind::Counts => value / self.top,
            Kind::Durations => {
                (value.max(1.0).log10() - self.bottom.log10()) / (self.top.log10() - self.bottom.log10())
            }
        };
        share.clamp(0.0, 1.0)
    }

    /// What is written at the axis, from the bottom up.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        self.ticks.iter().map(|value| {
            let text = match self.kind {
                Kind::Counts => short(*value),
                Kind::Durations => exact(*value),
            };
            (*value, text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(scale: &Scale) -> Vec<String> {
        scale.ticks().map(|(_, text)| text.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn counts_begin_at_zero_and_go_on_in_round_steps_to_where_nothing_is_above() {
        for (most, ticks) in [
            (0.0, &["0", "1"][..]),
            (1.0, &["0", "1"]),
            (3.0, &["0", "1", "2", "3"]),
            (4.0, &["0", "1", "2", "3", "4"]),
            (5.0, &["0", "2", "4", "6"]),
            (17.0, &["0", "5", "10", "15", "20"]),
            (100.0, &["0", "50", "100"]),
            (101.0, &["0", "50", "100", "150"]),
            (7_300.0, &["0", "2000", "4000", "6000", "8000"]),
            (1e6, &["0", "500 k", "1 M"]),
            (f64::NAN, &["0", "1"]),
            (f64::INFINITY, &["0", "1"]),
        ] {
            assert_eq!(written(&Scale::counts(most)), ticks, "{most}");
        }
        let huge = Scale::counts(1.8e19);
        assert!(written(&huge).len() <= 6 && huge.share(1.8e19) <= 1.0, "{:?}", written(&huge));
    }

    #[test]
    fn durations_go_from_decade_to_decade() {
        for (least, most, ticks) in [
            (20_000.0, 90_000.0, &["10 µs", "100 µs"][..]),
            (20_000.0, 2_000_000.0, &["10 µs", "100 µs", "1 ms", "10 ms"]),
            (100_000.0, 100_000.0, &["100 µs", "1 ms"]),
            (5e9, 5e9, &["1 s", "10 s"]),
            (0.0, 0.0, &["10 µs", "100 µs"]),
        ] {
            assert_eq!(written(&Scale::durations(least, most)), ticks, "{least} to {most}");
        }
    }

    #[test]
    fn a_value_is_as_high_as_its_scale_says_and_never_outside() {
        let per_mille = |scale: &Scale, value: f64| format!("{:.3}", scale.share(value));
        let counts = Scale::counts(17.0);
        let shares = [0.0, 10.0, 20.0, 40.0, -1.0].map(|value| per_mille(&counts, value));
        assert_eq!(shares, ["0.000", "0.500", "1.000", "1.000", "0.000"]);
        let durations = Scale::durations(10_000.0, 1_000_000.0);
        let shares = [1.0, 10_000.0, 100_000.0, 1e6, 1e9].map(|value| per_mille(&durations, value));
        assert_eq!(shares, ["0.000", "0.000", "0.500", "1.000", "1.000"]);
    }
}
