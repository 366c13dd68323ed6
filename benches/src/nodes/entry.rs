//! Who takes part.

use std::fmt;

use super::backends::Backend;

/// A framework with or without sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// axum alone, built with cloakroom.
    BareAxum,
    /// axum alone, built with the rivals: how far the two builds can be compared.
    BareAxumOfRivals,
    /// actix-web alone.
    BareActix,
    /// cloakroom as it comes.
    Cloakroom,
    /// cloakroom with a near cache as it comes, whose copies are at most a second old.
    CloakroomNear,
    /// tower-sessions with its store as documented.
    TowerSessions,
    /// The same, and its pool does not ask a connection whether it is alive before it is used.
    TowerSessionsUnchecked,
    /// actix-session with its store as documented.
    ActixSession,
}

/// What becomes of a session that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Nothing: it is read.
    Reading,
    /// Its idle timeout begins anew; cloakroom writes that down once a minute, as it comes, and the others always.
    Touching,
    /// Its idle timeout begins anew, and cloakroom writes that down on every request, too.
    TouchingAlways,
}

/// One server of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What answers.
    pub layer: Layer,
    /// Where it keeps sessions.
    pub backend: Backend,
    /// What it does to them.
    pub activity: Activity,
}

use Activity::{Reading, Touching, TouchingAlways};
use Backend::{Postgres, Redis};
use Layer::{
    ActixSession, BareActix, BareAxum, BareAxumOfRivals, Cloakroom, CloakroomNear, TowerSessions,
    TowerSessionsUnchecked,
};

/// All, in the order of the tables; those of one table follow each other.
pub const LINE_UP: [Entry; 23] = [
    entry(BareAxum, Backend::None, Reading),
    entry(BareAxumOfRivals, Backend::None, Reading),
    entry(BareActix, Backend::None, Reading),
    entry(CloakroomNear, Redis, Reading),
    entry(Cloakroom, Redis, Reading),
    entry(TowerSessions, Redis, Reading),
    entry(ActixSession, Redis, Reading),
    entry(CloakroomNear, Redis, Touching),
    entry(Cloakroom, Redis, Touching),
    entry(CloakroomNear, Redis, TouchingAlways),
    entry(Cloakroom, Redis, TouchingAlways),
    entry(TowerSessions, Redis, Touching),
    entry(ActixSession, Redis, Touching),
    entry(CloakroomNear, Postgres, Reading),
    entry(Cloakroom, Postgres, Reading),
    entry(TowerSessions, Postgres, Reading),
    entry(TowerSessionsUnchecked, Postgres, Reading),
    entry(CloakroomNear, Postgres, Touching),
    entry(Cloakroom, Postgres, Touching),
    entry(CloakroomNear, Postgres, TouchingAlways),
    entry(Cloakroom, Postgres, TouchingAlways),
    entry(TowerSessions, Postgres, Touching),
    entry(TowerSessionsUnchecked, Postgres, Touching),
];

pub(super) const fn entry(layer: Layer, backend: Backend, activity: Activity) -> Entry {
    Entry { layer, backend, activity }
}

impl Entry {
    /// Whether it is a program of the main workspace.
    pub(super) const fn is_ours(self) -> bool {
        matches!(self.layer, BareAxum | Cloakroom | CloakroomNear)
    }

    /// What its program calls it.
    pub(super) const fn site(self) -> &'static str {
        match (self.layer, self.backend) {
            (BareAxum | BareAxumOfRivals, _) => "bare-axum",
            (BareActix, _) => "bare-actix",
            (Cloakroom, Postgres) => "cloakroom-postgres",
            (Cloakroom, _) => "cloakroom-redis",
            (CloakroomNear, Postgres) => "cloakroom-postgres-near",
            (CloakroomNear, _) => "cloakroom-redis-near",
            (TowerSessions, Postgres) => "tower-sessions-postgres",
            (TowerSessions, _) => "tower-sessions-redis",
            (TowerSessionsUnchecked, _) => "tower-sessions-postgres-unchecked",
            (ActixSession, _) => "actix-session-redis",
        }
    }

    /// The server without sessions that it is compared with: of the same framework and the same build.
    #[must_use]
    pub const fn bare(self) -> Self {
        let layer = match self.layer {
            BareAxum | Cloakroom | CloakroomNear => BareAxum,
            BareAxumOfRivals | TowerSessions | TowerSessionsUnchecked => BareAxumOfRivals,
            BareActix | ActixSession => BareActix,
        };
        entry(layer, Backend::None, Reading)
    }

    /// The title of its table.
    pub fn title(self) -> String {
        match (self.backend, self.activity) {
            (Backend::None, _) => "no sessions".to_owned(),
            (backend, Reading) => format!("{}, reading", backend.name()),
            (backend, Touching | TouchingAlways) => format!("{}, touching", backend.name()),
        }
    }
}

/// The name in its table.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.layer {
            BareAxum => "bare axum",
            BareAxumOfRivals => "bare axum, as the rivals are built",
            BareActix => "bare actix-web",
            Cloakroom => "cloakroom",
            CloakroomNear => "cloakroom, near cache",
            TowerSessions => "tower-sessions 0.14",
            TowerSessionsUnchecked => "tower-sessions 0.14, unchecked pool",
            ActixSession => "actix-session 0.11",
        })?;
        f.write_str(if self.activity == TouchingAlways { ", written always" } else { "" })
    }
}

impl Activity {
    /// What the programs call it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Reading => "reading",
            Touching => "touching",
            TouchingAlways => "touching-always",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_takes_part_once_and_so_does_the_bare_server_of_each() {
        for entry in LINE_UP {
            assert_eq!(LINE_UP.iter().filter(|other| **other == entry).count(), 1, "{entry:?}");
            assert!(LINE_UP.contains(&entry.bare()), "{entry:?}");
        }
    }
}
