//! All series as text.

use crate::events::{EventKind, Trail};
use crate::metrics::families::{
    BUILD_INFO, EVENTS, EVENTS_FAILURES, EVENTS_LOST, EVENTS_WAITING, Family, NEAR_CACHE, OPEN, PASSWORDS,
    REQUESTS, SESSION_CHECK, SESSIONS_BEGUN, SESSIONS_ENDED, SIGN_INS, START_TIME, STORE, STORE_CALLS,
    VERIFICATIONS,
};
use crate::metrics::labels::{HashWork, StoreOperation};
use crate::metrics::registry::Metrics;
use crate::metrics::series::{Counts, CountsOfTwo, Label};
use crate::metrics::text::Text;

impl Metrics {
    /// Everything, in the order of [the table](super::families).
    pub(super) fn render(&self, trail: &Trail, open: usize) -> String {
        let series = &self.0;
        let mut text = Text::default();
        one(&mut text, &BUILD_INFO, &[env!("CARGO_PKG_VERSION")], 1);
        let started = series.started_at.as_millis();
        one(&mut text, &START_TIME, &[], format_args!("{}.{:03}", started / 1000, started % 1000));
        of_two(&mut text, &REQUESTS, &series.requests);
        of_two(&mut text, &VERIFICATIONS, &series.verifications);
        text.family(&SESSION_CHECK);
        text.histogram(&SESSION_CHECK, &[], &series.session_checks);
        of_two(&mut text, &STORE_CALLS, &series.store_calls);
        text.family(&STORE);
        for operation in StoreOperation::ALL {
            text.histogram(&STORE, &[operation.as_str()], &series.store[operation.place()]);
        }
        of_one(&mut text, &NEAR_CACHE, &series.copies);
        text.family(&PASSWORDS);
        for work in HashWork::ALL {
            text.histogram(&PASSWORDS, &[work.as_str()], &series.passwords[work.place()]);
        }
        of_two(&mut text, &SIGN_INS, &series.sign_ins);
        of_one(&mut text, &SESSIONS_BEGUN, &series.sessions_begun);
        of_one(&mut text, &SESSIONS_ENDED, &series.sessions_ended);
        one(&mut text, &OPEN, &[], open);
        text.family(&EVENTS);
        for kind in EventKind::ALL {
            text.sample(&EVENTS, &[kind.as_str()], trail.recorded(*kind));
        }
        one(&mut text, &EVENTS_WAITING, &[], trail.waiting());
        one(&mut text, &EVENTS_LOST, &[], trail.lost());
        one(&mut text, &EVENTS_FAILURES, &[], trail.failures());
        text.into_string()
    }
}

fn one(text: &mut Text, family: &Family, values: &[&str], number: impl std::fmt::Display) {
    text.family(family);
    text.sample(family, values, number);
}

fn of_one<A: Label>(text: &mut Text, family: &Family, counts: &Counts<A>) {
    text.family(family);
    for (a, number) in counts.iter() {
        text.sample(family, &[a.as_str()], number);
    }
}

fn of_two<A: Label, B: Label>(text: &mut Text, family: &Family, counts: &CountsOfTwo<A, B>) {
    text.family(family);
    for (a, b, number) in counts.iter() {
        text.sample(family, &[a.as_str(), b.as_str()], number);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cloakroom::{OsEntropy, Timestamp};

    use super::*;
    use crate::metrics::families::{ALL, Type};

    const MANUAL: &str = include_str!("../../../../docs/events-and-metrics.md");

    fn text() -> String {
        let metrics = Metrics::new(Timestamp::from_millis(1_700_000_000_007));
        let trail = Trail::new(&OsEntropy, metrics.clone()).unwrap();
        metrics.render(&trail, 0)
    }

    #[test]
    fn every_family_is_told_of_before_its_samples_and_every_sample_belongs_to_one() {
        let (text, mut told, mut series) = (text(), Vec::new(), BTreeSet::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                told.push(rest.split(' ').next().unwrap());
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest.split(' ').next(), told.last().copied(), "{line}");
            } else {
                let (name, number) = line.rsplit_once(' ').unwrap();
                assert!(number.parse::<f64>().is_ok(), "{line}");
                assert!(series.insert(name.to_owned()), "twice: {line}");
                let base = name.split('{').next().unwrap();
                let family = ALL.iter().find(|family| family.name == *told.last().unwrap()).unwrap();
                let of_histogram = ["_bucket", "_sum", "_count"].map(|end| format!("{}{end}", family.name));
                match family.kind {
                    Type::Histogram => assert!(of_histogram.iter().any(|name| name == base), "{line}"),
                    Type::Counter | Type::Gauge => assert_eq!(base, family.name),
                }
            }
        }
        assert_eq!(told, ALL.iter().map(|family| family.name).collect::<Vec<_>>());
        assert!(series.len() < 700, "{} series: that many are stored for each instance", series.len());
    }

    #[test]
    fn counters_end_in_total_and_durations_in_seconds() {
        for family in ALL {
            assert_eq!(family.name.ends_with("_total"), family.kind == Type::Counter, "{}", family.name);
            assert!(family.kind != Type::Histogram || family.name.ends_with("_seconds"));
            assert!(!family.help.contains(['\n', '\\']) && family.help.ends_with('.'));
        }
    }

    #[test]
    fn the_manual_has_every_family_and_no_other() {
        let is_row = |line: &&str| {
            line.starts_with("| `")
                && ["counter", "gauge", "histogram"].contains(&line.split(" | ").nth(1).unwrap_or(""))
        };
        let rows: Vec<&str> = MANUAL.lines().filter(is_row).collect();
        let right = ALL.iter().map(|family| {
            let kind = format!("{:?}", family.kind).to_ascii_lowercase();
            let labels: Vec<String> = family.labels.iter().map(|label| format!("`{label}`")).collect();
            format!("| `{}` | {kind} | {} | {} |", family.name, labels.join(", "), family.help)
        });
        let right: Vec<String> = right.collect();
        assert_eq!(rows, right, "the rows that docs/events-and-metrics.md is to have:\n{}", right.join("\n"));
    }
}
