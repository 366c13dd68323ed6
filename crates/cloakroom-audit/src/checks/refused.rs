//! What browsers throw away.

use crate::rules::{Certainty, for_refusal};

use super::finding::Findings;
use super::view::View;

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    for line in &view.lines {
        if let Err(refusal) = &line.outcome {
            let detail = format!("{refusal} ({})", refusal.source());
            findings.add(for_refusal(*refusal), Certainty::Certain, line.place(), Some(&line.name()), detail);
        }
    }
}
