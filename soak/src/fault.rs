//! What happens to servers, and when.

use std::fmt;
use std::time::Duration;

use cloakroom_testkit::entropy::Seeded;

/// Something that happens to the servers of a store while callers ask, and is repaired again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Every connection of a node breaks at once.
    Cut,
    /// The server is killed, and started again.
    Kill,
    /// The server stops for longer than anybody waits, and goes on.
    Pause,
    /// The master is killed; a replica takes over, and the dead one comes back as its replica.
    Failover,
    /// The master stops; a replica takes over, and the master goes on as if nothing had happened, until it is told.
    Sleep,
    /// The replicas hear nothing for a while, and then the master is killed: one takes over that lacks the last writes.
    Deaf,
    /// Another process holds the lock of the file for longer than a writer waits.
    Lock,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "cut",
            Self::Kill => "kill",
            Self::Pause => "pause",
            Self::Failover => "failover",
            Self::Sleep => "sleep",
            Self::Deaf => "deaf",
            Self::Lock => "lock",
        })
    }
}

/// The faults in the order of a seed, each with the time that passes before it.
pub(crate) fn plan(seed: u64, mut faults: Vec<Fault>) -> Vec<(Duration, Fault)> {
    let dice = Seeded::new(seed ^ 0x6661_756c_7473);
    for left in (1..faults.len()).rev() {
        let other = usize::try_from(dice.below(left as u64 + 1)).unwrap_or_default();
        faults.swap(left, other);
    }
    faults.into_iter().map(|fault| (Duration::from_millis(50 + dice.below(250)), fault)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_plan_and_seeds_differ() {
        let all = || vec![Fault::Cut, Fault::Kill, Fault::Pause, Fault::Failover, Fault::Sleep];
        assert_eq!(plan(7, all()), plan(7, all()));
        assert!((0..10).any(|seed| plan(seed, all()) != plan(7, all())));
        let mut named: Vec<_> = plan(7, all()).into_iter().map(|(_, fault)| fault).collect();
        named.sort_unstable();
        assert_eq!(named, all());
    }
}
