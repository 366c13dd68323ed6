//! What is kept of ACME, beside the accounts.

use cloakroom::Timestamp;
use cloakroom::store::{ErrorKind, StoreError};
use cloakroom_stores::{Changed, Datum, IndexedStore, Part, StoreUrl, TableSchema, Tables};

use crate::acme::AcmeError;

/// The table `cloakroom_acme`.
const SCHEMA: TableSchema = TableSchema {
    component: "acme",
    sqlite: &[include_str!("schema/sqlite_1.sql")],
    postgres: &[include_str!("schema/postgres_1.sql")],
    mysql: &[include_str!("schema/mysql_1.sql")],
};

const GET: &str = "SELECT content FROM cloakroom_acme WHERE name = $1 AND ends_at_ms > $2";

const PUT: &[Part] = &[
    Part::May("DELETE FROM cloakroom_acme WHERE name = $1"),
    Part::Must("INSERT INTO cloakroom_acme (name, content, ends_at_ms) VALUES ($1, $2, $3)"),
];

/// Of two who take the same turn, one meets the primary key.
const TAKE: &[Part] = &[
    Part::May("DELETE FROM cloakroom_acme WHERE name = $1 AND ends_at_ms <= $4"),
    Part::Must("INSERT INTO cloakroom_acme (name, content, ends_at_ms) VALUES ($1, $2, $3)"),
];

const REMOVE: &[Part] = &[Part::May("DELETE FROM cloakroom_acme WHERE name = $1")];

/// Things by their names, for a time. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Shelf(Tables);

impl Shelf {
    /// Opens the table at an address, or beside sessions that are there.
    pub(crate) async fn open(url: &StoreUrl, beside: Option<&IndexedStore>) -> Result<Self, AcmeError> {
        Ok(Self(match beside {
            Some(sessions) => sessions.tables(&SCHEMA).await?,
            None => url.open_tables(&SCHEMA).await?,
        }))
    }

    /// What is kept under a name and not over.
    pub(super) async fn get(&self, name: &str, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.0.read("read of ACME", GET, vec![text(name), time(now)]).await?;
        Ok(rows.first().and_then(|row| row.octets(0)).map(<[u8]>::to_vec))
    }

    /// Keeps something in the place of what was kept.
    pub(super) async fn put(&self, name: &str, content: &[u8], ends: Timestamp) -> Result<(), StoreError> {
        let values = vec![text(name), Datum::Octets(content.to_vec()), time(ends)];
        self.0.change("write of ACME", PUT, values).await.map(drop)
    }

    /// Takes a turn, unless somebody else has it.
    pub(super) async fn take(&self, name: &str, now: Timestamp, ends: Timestamp) -> Result<bool, StoreError> {
        let values = vec![text(name), Datum::Octets(Vec::new()), time(ends), time(now)];
        match self.0.change("take a turn of ACME", TAKE, values).await {
            Ok(changed) => Ok(changed == Changed::Done),
            Err(error) if error.kind() == ErrorKind::Duplicate => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Keeps it no more.
    pub(super) async fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.0.change("remove of ACME", REMOVE, vec![text(name)]).await.map(drop)
    }
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn time(at: Timestamp) -> Datum {
    Datum::Number(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
}
