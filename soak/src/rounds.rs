//! One round after the other.

use std::time::Duration;

use cloakroom_testkit::storm::Storm;
use tokio::time::{Instant, sleep};

use crate::fault::{Fault, plan};
use crate::line;
use crate::site::Site;
use crate::summary::Summary;
use crate::trouble::Trouble;

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// What the first round begins with.
    pub seed: u64,
    /// Rounds follow each other until so many calls were answered; there is one at least.
    pub operations: usize,
    /// How many callers a round has.
    pub clients: usize,
    /// How many calls each of them makes in a round, or more while there is trouble.
    pub calls: usize,
}

/// How long a caller waits before it gives a call up: longer than any store does.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rounds on a store, until enough was asked or a promise is broken.
pub(crate) async fn run<S: Site>(name: &'static str, scale: Scale, mut told: impl FnMut(&str)) -> Summary {
    let mut summary = Summary::new(name, scale.seed);
    let began = Instant::now();
    if let Err(trouble) = run_into::<S>(scale, &mut summary, &mut told).await {
        summary.end = Some(trouble);
    }
    summary.took = began.elapsed();
    summary
}

async fn run_into<S: Site>(
    scale: Scale,
    summary: &mut Summary,
    told: &mut impl FnMut(&str),
) -> Result<(), Trouble> {
    let mut site = S::start(scale.seed).await?;
    for round in 0.. {
        let seed = scale.seed.wrapping_add(round);
        summary.seed_last = seed;
        let nodes = site.nodes(round).await?;
        let faults = S::faults(seed);
        let storm = Storm::new(seed).of(scale.clients, scale.calls).patience(PATIENCE);
        let storm = S::judged(storm, &faults);
        let before = line::faults(site.lines());
        let mut suffered = Ok(());
        let trouble = async {
            line::trouble(site.lines());
            suffered = suffer_all(&mut site, seed, faults, summary).await;
        };
        let report = S::storm(storm, &nodes, trouble).await?;
        suffered?;
        line::calm(site.lines());
        let cut = line::faults(site.lines()) - before;
        told(&format!("{}: {report}, {cut} requests cut or late", summary.store));
        summary.add(report, cut);
        if summary.report.answered >= scale.operations {
            return Ok(());
        }
    }
    Ok(())
}

async fn suffer_all<S: Site>(
    site: &mut S,
    seed: u64,
    faults: Vec<Fault>,
    summary: &mut Summary,
) -> Result<(), Trouble> {
    for (calm, fault) in plan(seed, faults) {
        sleep(calm).await;
        site.suffer(fault, seed).await?;
        summary.suffered(fault);
    }
    Ok(())
}
