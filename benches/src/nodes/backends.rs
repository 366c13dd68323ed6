//! The servers that the stores are on.

#![expect(clippy::doc_markdown, reason = "names in sentences, not code")]

use std::fs;

use cloakroom_test_servers::{Postgres, PostgresSettings, RedisServer, RedisSetup, ServerError};

use super::usage::Usage;

/// Where sessions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// There are none.
    None,
    /// In Redis.
    Redis,
    /// In PostgreSQL.
    Postgres,
}

/// One server of each kind, for all nodes.
#[derive(Debug)]
pub struct Backends {
    redis: RedisServer,
    postgres: Postgres,
}

impl Backends {
    /// Starts them. PostgreSQL waits for the disk at each commit, as it does by itself.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start() -> Result<Self, ServerError> {
        // Every node has its pool.
        let more = vec![("max_connections", "300".to_owned())];
        let postgres = Postgres::start(&PostgresSettings { more, ..PostgresSettings::default() })?;
        Ok(Self { redis: RedisServer::start(&RedisSetup::new())?, postgres })
    }

    /// The port of one of them.
    pub fn port(&self, backend: Backend) -> Option<u16> {
        match backend {
            Backend::None => None,
            Backend::Redis => Some(self.redis.port()),
            Backend::Postgres => Some(self.postgres.port()),
        }
    }

    /// What one of them has used.
    pub fn usage(&self, backend: Backend) -> Usage {
        match backend {
            Backend::None => Usage::default(),
            Backend::Redis => Usage::of(self.redis.id()),
            // It has a process for each connection.
            Backend::Postgres => {
                Usage::of(self.postgres.id().into_iter().flat_map(|id| children(id).into_iter().chain([id])))
            }
        }
    }
}

impl Backend {
    /// The name in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Redis => "Redis",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The address of such a server at this port, as all drivers understand it.
    pub(super) fn url(self, port: u16) -> Option<String> {
        match self {
            Self::None => None,
            Self::Redis => Some(format!("redis://127.0.0.1:{port}")),
            Self::Postgres => Some(format!("postgres://postgres@127.0.0.1:{port}/postgres")),
        }
    }
}

fn children(process: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    children.unwrap_or_default().split_whitespace().filter_map(|id| id.parse().ok()).collect()
}
