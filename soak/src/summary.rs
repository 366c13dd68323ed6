//! What a run on one store comes to.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use cloakroom_testkit::storm::Report;

use crate::fault::Fault;
use crate::trouble::Trouble;

/// What a run on one store comes to: `Display` is its line of the table below [`Summary::HEAD`].
#[derive(Debug)]
pub struct Summary {
    /// The store.
    pub store: &'static str,
    /// The seed of the first round.
    pub seed: u64,
    /// That of the last, and so of the one that broke a promise.
    pub seed_last: u64,
    /// All rounds together.
    pub report: Report,
    /// Requests that were cut or late on a line.
    pub cut: u64,
    /// How often each fault happened.
    pub faults: BTreeMap<Fault, u64>,
    /// How long it took.
    pub took: Duration,
    /// Why it came to no good end, if it did not.
    pub end: Option<Trouble>,
}

impl Summary {
    /// The head of the table.
    pub const HEAD: &str = "\
| store | answered | sessions | writes | lost | gone | refused | ended | unknown | lines | faults | s | verdict |\n\
|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    pub(crate) fn new(store: &'static str, seed: u64) -> Self {
        Self {
            store,
            seed,
            seed_last: seed,
            report: Report::default(),
            cut: 0,
            faults: BTreeMap::new(),
            took: Duration::ZERO,
            end: None,
        }
    }

    pub(crate) fn add(&mut self, report: Report, cut: u64) {
        self.report += report;
        self.cut += cut;
    }

    pub(crate) fn suffered(&mut self, fault: Fault) {
        *self.faults.entry(fault).or_default() += 1;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { answered, unknown, sessions, ended, writes, lost, gone, refused, .. } = self.report;
        let faults: Vec<_> = self.faults.iter().map(|(fault, times)| format!("{times} {fault}")).collect();
        write!(
            f,
            "| {} | {answered} | {sessions} | {writes} | {lost} | {gone} | {refused} | {ended} | {unknown} | {} | {} | {} |",
            self.store,
            self.cut,
            if faults.is_empty() { "none".to_owned() } else { faults.join(", ") },
            self.took.as_secs(),
        )?;
        match &self.end {
            None => f.write_str(" kept |"),
            Some(Trouble::Broken(broken)) => {
                write!(f, " BROKEN at seed {}: {} |", self.seed_last, broken.promise())
            }
            Some(trouble) => {
                write!(f, " not finished at seed {}: {trouble}", self.seed_last)?;
                let mut cause = trouble.source();
                while let Some(error) = cause {
                    write!(f, ": {error}")?;
                    cause = error.source();
                }
                f.write_str(" |")
            }
        }
    }
}
