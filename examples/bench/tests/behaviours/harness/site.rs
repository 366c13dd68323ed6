//! A store and the place where it lives, for one or several processes.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::bench::Bench;
use super::database::Database;
#[cfg(feature = "servers")]
use super::servers::ServerStore;

/// The stores that a check runs against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Memory,
    Sqlite,
    /// Sealed sessions, whose marks are in `SQLite`.
    Sealed,
    #[cfg(feature = "servers")]
    Server(ServerStore),
}

impl Store {
    fn is_far(self) -> bool {
        !matches!(self, Self::Memory | Self::Sqlite | Self::Sealed)
    }

    /// Whether an ID says where the store keeps the sessions of its subject.
    pub(crate) fn places_sessions(self) -> bool {
        match self {
            Self::Memory | Self::Sqlite | Self::Sealed => false,
            #[cfg(feature = "servers")]
            Self::Server(server) => server.places_sessions(),
        }
    }

    /// A program of its own on a fresh store, on a manual clock.
    #[track_caller]
    pub(crate) fn start(self, flags: &[&str]) -> Bench {
        Site::new(self).start(flags)
    }
}

/// A fresh store, in a folder that goes with the last process on it or on a server.
#[derive(Clone)]
pub(crate) struct Site {
    store: Store,
    url: String,
    folder: Arc<TempDir>,
}

impl Site {
    pub(crate) fn new(store: Store) -> Self {
        let folder = Arc::new(TempDir::new().expect("a temporary folder can be made"));
        let url = match store {
            Store::Memory => "memory:".to_owned(),
            Store::Sqlite | Store::Sealed => format!("sqlite:{}", database_path(&folder).display()),
            #[cfg(feature = "servers")]
            Store::Server(server) => server.fresh_url(),
        };
        Self { store, url, folder }
    }

    /// The same on a server of the check's own, at this address.
    #[cfg(feature = "servers")]
    pub(crate) fn at(server: ServerStore, url: String) -> Self {
        let folder = Arc::new(TempDir::new().expect("a temporary folder can be made"));
        Self { store: Store::Server(server), url, folder }
    }

    /// Where the store is.
    #[cfg(feature = "servers")]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// One more process on this store, on a manual clock.
    #[track_caller]
    pub(crate) fn start(&self, flags: &[&str]) -> Bench {
        self.start_in(flags, &[])
    }

    /// Like [`Self::start`], with additions to the environment.
    #[track_caller]
    pub(crate) fn start_in(&self, flags: &[&str], environment: &[(&str, &str)]) -> Bench {
        let flags: Vec<&str> = flags.iter().copied().chain(["--manual-clock"]).collect();
        self.spawn(&flags, environment)
    }

    /// Like [`Self::start`], on the machine's clock.
    #[track_caller]
    pub(crate) fn start_on_the_real_clock(&self, flags: &[&str]) -> Bench {
        self.spawn(flags, &[])
    }

    /// Like [`Self::start`], with a program whose files may be [limited](Bench::limit_files).
    #[track_caller]
    pub(crate) fn start_with_limits(&self, flags: &[&str]) -> Bench {
        let flags: Vec<&str> = flags.iter().copied().chain(["--manual-clock"]).collect();
        Bench::spawn_with_limits(&self.url, Arc::clone(&self.folder), &flags)
            .unwrap_or_else(|words| panic!("no `ready` with {flags:?}; it said: {words}"))
    }

    /// What the program says when it refuses to start with these flags.
    #[track_caller]
    pub(crate) fn refusal_of(&self, flags: &[&str]) -> String {
        match Bench::spawn(&self.url, Arc::clone(&self.folder), flags, &[]) {
            Ok(_) => panic!("the program started with {flags:?}"),
            Err(words) => words,
        }
    }

    #[track_caller]
    fn spawn(&self, flags: &[&str], environment: &[(&str, &str)]) -> Bench {
        let mut flags = flags.to_vec();
        // A check that is not about a slow server has all the time that a busy machine takes.
        if self.store.is_far() && !flags.contains(&"--store-timeout-ms") {
            flags.extend(["--store-timeout-ms", "15000"]);
        }
        if self.store == Store::Sealed {
            flags.push("--sealed");
        }
        let flags = flags.as_slice();
        Bench::spawn(&self.url, Arc::clone(&self.folder), flags, environment)
            .unwrap_or_else(|words| panic!("no `ready` with {flags:?}; it said: {words}"))
    }

    /// The file behind the `SQLite` store, opened from outside.
    pub(crate) fn database(&self) -> Database {
        assert_eq!(self.store, Store::Sqlite, "only SQLite has a file");
        Database::open(&database_path(&self.folder))
    }
}

fn database_path(folder: &TempDir) -> PathBuf {
    folder.path().join("sessions.db")
}
