//! One server of the comparison.

use std::path::PathBuf;

use cloakroom_test_servers::{Process, ServerError, Start};
use tempfile::TempDir;

use super::entry::Entry;
use super::error::NodesError;
use super::processors::Processors;
use super::usage::Usage;

/// The programs that have the applications in them.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Bare axum and cloakroom.
    pub ours: PathBuf,
    /// The others.
    pub rivals: PathBuf,
    /// Where they run.
    pub processors: Processors,
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Node {
    process: Process,
    port: u16,
    // Dropped last: the server writes its log there.
    _folder: TempDir,
}

impl Node {
    /// Starts the server of an entry, on the store at `store_port`. It blocks until the server listens.
    ///
    /// # Errors
    /// [`NodesError`], with what the server wrote.
    pub fn start(programs: &Programs, entry: Entry, store_port: Option<u16>) -> Result<Self, NodesError> {
        let folder = tempfile::tempdir().map_err(NodesError::system("cannot make a folder"))?;
        let url = store_port.and_then(|port| entry.backend.url(port));
        let words = [entry.site(), entry.activity.word()].map(str::to_owned);
        let start = Start {
            program: if entry.is_ours() { programs.ours.clone() } else { programs.rivals.clone() },
            arguments: words.into_iter().chain(url).map(Into::into).collect(),
            environment: Vec::new(),
            user: None,
            folder: folder.path().to_owned(),
        };
        let mut port = 0;
        let is_ready = |_, log: &str| -> Result<bool, ServerError> {
            let announced = log.lines().find_map(|line| line.strip_prefix("listening on ")?.parse().ok());
            port = announced.unwrap_or(port);
            Ok(announced.is_some())
        };
        let process = programs.processors.start(|| Ok(Process::start(start, is_ready)?))?;
        Ok(Self { process, port, _folder: folder })
    }

    /// Where it listens on the loopback address.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it has used.
    pub fn usage(&self) -> Usage {
        Usage::of(self.process.id())
    }
}
