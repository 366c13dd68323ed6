//! A store and the place where it lives, for one or several processes.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::bench::Bench;
use super::database::Database;

/// The stores that a check runs against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Memory,
    Sqlite,
}

impl Store {
    /// A program of its own on a fresh store, on a manual clock.
    #[track_caller]
    pub(crate) fn start(self, flags: &[&str]) -> Bench {
        Site::new(self).start(flags)
    }
}

/// A fresh folder with a store in it; it goes when the last process on it has gone.
#[derive(Clone)]
pub(crate) struct Site {
    store: Store,
    folder: Arc<TempDir>,
}

impl Site {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, folder: Arc::new(TempDir::new().expect("a temporary folder can be made")) }
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

    /// What the program says when it refuses to start with these flags.
    #[track_caller]
    pub(crate) fn refusal_of(&self, flags: &[&str]) -> String {
        match Bench::spawn(&self.store_url(), Arc::clone(&self.folder), flags, &[]) {
            Ok(_) => panic!("the program started with {flags:?}"),
            Err(words) => words,
        }
    }

    #[track_caller]
    fn spawn(&self, flags: &[&str], environment: &[(&str, &str)]) -> Bench {
        Bench::spawn(&self.store_url(), Arc::clone(&self.folder), flags, environment)
            .unwrap_or_else(|words| panic!("no `ready` with {flags:?}; it said: {words}"))
    }

    /// The value of `--store`.
    fn store_url(&self) -> String {
        match self.store {
            Store::Memory => "memory:".to_owned(),
            Store::Sqlite => format!("sqlite:{}", self.database_path().display()),
        }
    }

    /// The file behind the `SQLite` store, opened from outside.
    pub(crate) fn database(&self) -> Database {
        assert_eq!(self.store, Store::Sqlite, "only SQLite has a file");
        Database::open(&self.database_path())
    }

    fn database_path(&self) -> PathBuf {
        self.folder.path().join("sessions.db")
    }
}
