//! The store that the program was started on: watched on its way to the sessions, and looked into from outside.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cloakroom::sealed::{KeyRing, Sealed};
use cloakroom::store::StoreError;
use cloakroom::{NearCache, NearOptions, Sessions};
use cloakroom_stores::{AnyStore, IndexedStore, InvalidStoreUrl, OpenError, StoreUrl};
use thiserror::Error;

use crate::faces::Faces;
use crate::watched::{Watch, Watched};

/// An open store and its instruments.
pub(crate) struct OpenStore {
    store: AnyStore,
    pub(crate) watch: Arc<Watch>,
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub(crate) enum StoreTrouble {
    #[error(transparent)]
    Url(#[from] InvalidStoreUrl),
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a look into the store shows nothing.
#[derive(Debug, Error)]
pub(crate) enum LookError {
    #[error("this store shows nothing of itself")]
    NotThere,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl OpenStore {
    pub(crate) async fn open(url: &str) -> Result<Self, StoreTrouble> {
        let url: StoreUrl = url.parse()?;
        let store = url.open().await?;
        let watch = match &store {
            AnyStore::Indexed(store) => Watch::over(store),
            AnyStore::Plain(store) => Watch::over(store),
        };
        Ok(Self { store, watch })
    }

    /// Sessions on this store, behind a near cache if there are options for one.
    pub(crate) fn sessions(&self, near: Option<NearOptions>) -> Faces {
        match (self.store.clone(), near) {
            (AnyStore::Indexed(store), None) => Faces::Indexed(Sessions::indexed(self.watched(store))),
            (AnyStore::Indexed(store), Some(near)) => {
                Faces::Indexed(Sessions::indexed(NearCache::listening(self.watched(store), near)))
            }
            (AnyStore::Plain(store), None) => Faces::Plain(Sessions::plain(self.watched(store))),
            (AnyStore::Plain(store), Some(near)) => {
                Faces::Plain(Sessions::plain(NearCache::new(self.watched(store), near)))
            }
        }
    }

    /// Sealed sessions whose marks are kept in this store.
    pub(crate) fn marks(&self, keys: KeyRing) -> Sessions<Sealed> {
        match self.store.clone() {
            AnyStore::Indexed(store) => Sessions::sealed(keys, self.watched(store)),
            AnyStore::Plain(store) => Sessions::sealed(keys, self.watched(store)),
        }
    }

    fn watched<S>(&self, store: S) -> Watched<S> {
        Watched::new(store, Arc::clone(&self.watch))
    }

    /// How many rows the store has, expired ones included.
    pub(crate) async fn rows(&self) -> Result<u64, LookError> {
        match &self.store {
            AnyStore::Indexed(store) => Ok(store.rows().await?),
            AnyStore::Plain(_) => Err(LookError::NotThere),
        }
    }

    /// Every octet that the store holds.
    pub(crate) async fn dump(&self) -> Result<Vec<u8>, LookError> {
        let mut octets = Vec::new();
        match &self.store {
            AnyStore::Indexed(IndexedStore::Memory(store)) => store.dump(&mut octets)?,
            AnyStore::Indexed(IndexedStore::Sqlite(store)) => {
                for journal in ["", "-wal", "-shm"] {
                    append_file(&mut octets, &beside(store.path(), journal))?;
                }
            }
            AnyStore::Indexed(IndexedStore::Postgres(store)) => octets = store.dump().await?,
            AnyStore::Indexed(IndexedStore::MySql(store)) => octets = store.dump().await?,
            AnyStore::Indexed(IndexedStore::Redis(store)) => octets = store.dump().await?,
            AnyStore::Indexed(_) | AnyStore::Plain(_) => return Err(LookError::NotThere),
        }
        Ok(octets)
    }
}

impl IntoResponse for LookError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotThere => StatusCode::NOT_IMPLEMENTED,
            Self::Store(_) | Self::Io(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, self.to_string()).into_response()
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
