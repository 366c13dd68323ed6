//! What cloakroom is to reach, beside others in the same run.

use std::fmt;

use super::backends::Backend::{Postgres, Redis};
use super::entry::Activity::{Reading, Touching};
use super::entry::Layer::{ActixSession, Cloakroom, CloakroomNear, TowerSessions};
use super::entry::{Entry, entry};

/// At least so many times the requests a second of another server.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// Who is to reach it.
    pub ours: Entry,
    /// Beside whom.
    pub other: Entry,
    /// The ratio.
    pub at_least: f64,
}

/// All goals.
pub const GOALS: [Goal; 10] = [
    of_bare(entry(CloakroomNear, Redis, Reading)),
    of_bare(entry(CloakroomNear, Redis, Touching)),
    of_bare(entry(CloakroomNear, Postgres, Reading)),
    of_bare(entry(CloakroomNear, Postgres, Touching)),
    goal(entry(Cloakroom, Redis, Reading), entry(TowerSessions, Redis, Reading), 1.3),
    goal(entry(Cloakroom, Redis, Touching), entry(TowerSessions, Redis, Touching), 1.3),
    goal(entry(Cloakroom, Redis, Reading), entry(ActixSession, Redis, Reading), 1.6),
    goal(entry(Cloakroom, Redis, Touching), entry(ActixSession, Redis, Touching), 1.6),
    goal(entry(Cloakroom, Postgres, Reading), entry(TowerSessions, Postgres, Reading), 3.0),
    goal(entry(Cloakroom, Postgres, Touching), entry(TowerSessions, Postgres, Touching), 3.0),
];

const fn goal(ours: Entry, other: Entry, at_least: f64) -> Goal {
    Goal { ours, other, at_least }
}

const fn of_bare(ours: Entry) -> Goal {
    Goal { ours, other: ours.bare(), at_least: 0.9 }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} over {}", self.ours.title(), self.ours, self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::LINE_UP;
    use super::*;

    #[test]
    fn everybody_with_a_goal_takes_part() {
        for goal in GOALS {
            assert!(LINE_UP.contains(&goal.ours) && LINE_UP.contains(&goal.other), "{goal}");
        }
    }
}
