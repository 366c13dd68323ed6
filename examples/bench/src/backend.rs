//! The stores that the program can be started on.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cloakroom::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, Store, StoreError, SubjectIndex,
    SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom::{MemoryStore, SessionId, Subject, Timestamp};
use cloakroom_sql::{OpenError, SqliteStore};
use thiserror::Error;

/// One of the stores.
pub(crate) enum Backend {
    Memory(MemoryStore),
    Sqlite(SqliteStore),
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub(crate) enum BackendError {
    #[error("no store {0:?}: there are memory: and sqlite:PATH")]
    Unknown(String),
    #[error(transparent)]
    Sqlite(#[from] OpenError),
}

impl Backend {
    pub(crate) async fn open(url: &str) -> Result<Self, BackendError> {
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory(MemoryStore::new())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(SqliteStore::open(path).await?)),
            _ => Err(BackendError::Unknown(url.to_owned())),
        }
    }

    /// How many rows the store has, expired ones included.
    pub(crate) async fn rows(&self) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.rows().map(|rows| rows as u64),
            Self::Sqlite(store) => store.rows().await,
        }
    }

    /// Every octet that the store holds.
    pub(crate) fn dump(&self) -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        match self {
            Self::Memory(store) => store.dump(&mut octets)?,
            Self::Sqlite(store) => {
                for journal in ["", "-wal", "-shm"] {
                    append_file(&mut octets, &beside(store.path(), journal))?;
                }
            }
        }
        Ok(octets)
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn append_file(octets: &mut Vec<u8>, path: &Path) -> io::Result<()> {
    match fs::read(path) {
        Ok(content) => octets.write_all(&content),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Hands a call on to whichever store it is.
macro_rules! on {
    ($backend:expr, $store:ident => $call:expr) => {
        match $backend {
            Backend::Memory($store) => $call.await,
            Backend::Sqlite($store) => $call.await,
        }
    };
}

impl Store for Backend {
    fn name(&self) -> &'static str {
        match self {
            Self::Memory(store) => store.name(),
            Self::Sqlite(store) => store.name(),
        }
    }

    async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        on!(self, store => store.load(id))
    }

    fn load_now(&self, id: SessionId) -> Option<Result<Option<Loaded>, StoreError>> {
        match self {
            Self::Memory(store) => store.load_now(id),
            Self::Sqlite(store) => store.load_now(id),
        }
    }

    fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        match self {
            Self::Memory(store) => store.place(id, subject),
            Self::Sqlite(store) => store.place(id, subject),
        }
    }

    async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        on!(self, store => store.insert(insert))
    }

    async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        on!(self, store => store.replace(id, seen, row))
    }

    async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        on!(self, store => store.touch(id, touch))
    }

    async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        on!(self, store => store.revoke(id))
    }

    async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        on!(self, store => store.purge(now, rows_max))
    }
}

impl SubjectIndex for Backend {
    async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        on!(self, store => store.fence(subject))
    }

    async fn insert_for_subject(&self, insert: SubjectInsert<'_>) -> Result<SubjectInserted, StoreError> {
        on!(self, store => store.insert_for_subject(insert))
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        on!(self, store => store.list(subject))
    }

    async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        on!(self, store => store.page(after, rows_max))
    }

    async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        on!(self, store => store.revoke_subject(subject, spare))
    }

    async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        on!(self, store => store.revoke_everyone())
    }
}
