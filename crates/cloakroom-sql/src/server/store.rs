//! The contracts, spoken to a server of any kind.

use std::time::Duration;

use cloakroom_core::store::{
    Fence, Insert, Inserted, Loaded, Page, PageCursor, Revoked, Row, StoreError, SubjectInsert,
    SubjectInserted, Swap, Touch, Touched, Version, Wanted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};

use super::connect_error::ConnectError;
use super::driver::{Connection, Driver, Reader};
use super::fences::{Bucket, bucket};
use super::opening;
use super::pool::Pool;
use super::rows::{identified, loaded};
use super::search::{in_network, rest_of, search};
use super::sessions::{Insertion, Removal, Replacement, Revocation, Touching};
use super::statements::{COUNT, FENCE, LIST, LOAD, PAGE, PING};
use super::subjects::{GeneralRevocation, SignIn, SubjectRevocation};
use super::trouble::Trouble;
use super::value::{Columns, Value};
use super::work::Reading;
use crate::place::{NetworkPlace, Place};

/// How many rows one statement of a purge removes.
const PURGE_ROWS: usize = 500;

/// How long ending every session may take.
const GENERAL_PATIENCE: Duration = Duration::from_mins(10);

/// A store on a server; every operation as its contract has it.
#[derive(Debug)]
pub(super) struct ServerStore<D: Driver, R> {
    pub(super) address: String,
    pub(super) pool: Pool<D>,
    pub(super) reader: R,
}

type RowOf<D> = <<D as Driver>::Connection as Connection>::Row;

impl<D: Driver, R: Reader<RowOf<D>>> ServerStore<D, R> {
    pub(super) async fn rows(&self) -> Result<u64, StoreError> {
        let rows = self.read_long("rows", COUNT, Vec::new()).await?;
        let count = rows.first().map_or(Ok(0), |row| row.number(0));
        count.map(i64::unsigned_abs).map_err(|column| in_operation::<D>("rows")(column.into()))
    }

    pub(super) async fn dump(&self) -> Result<Vec<u8>, StoreError> {
        let mut dump = Vec::new();
        for statement in D::Connection::DIALECT.dump {
            for row in self.read_long("dump", statement, Vec::new()).await? {
                let octets = row.octets(0).map_err(|column| in_operation::<D>("dump")(column.into()))?;
                dump.extend_from_slice(octets);
                dump.push(b'\n');
            }
        }
        Ok(dump)
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        self.read("ping", PING, Vec::new()).await.map(drop)
    }

    pub(super) async fn load(&self, id: SessionId) -> Result<Option<Loaded>, StoreError> {
        let rows = self.read("load", LOAD, vec![Value::Id(id)]).await?;
        let loaded = rows.first().map(loaded).transpose();
        loaded.map_err(|column| in_operation::<D>("load")(column.into()))
    }

    pub(super) async fn insert(&self, insert: Insert<'_>) -> Result<Inserted, StoreError> {
        let Insert { id, row, replaces } = insert;
        let work = Insertion { id, row: row.clone(), replaces };
        self.pool.run(work).await.map_err(in_operation::<D>("insert"))
    }

    pub(super) async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, StoreError> {
        let work = Replacement { id, seen, row: row.clone() };
        self.pool.run(work).await.map_err(in_operation::<D>("replace"))
    }

    pub(super) async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, StoreError> {
        self.pool.run(Touching { id, touch }).await.map_err(in_operation::<D>("touch"))
    }

    pub(super) async fn revoke(&self, id: SessionId) -> Result<Revoked, StoreError> {
        self.pool.run(Revocation { id }).await.map_err(in_operation::<D>("revoke"))
    }

    /// Removes them in statements of 500 rows, each a transaction of its own.
    pub(super) async fn purge(&self, now: Timestamp, rows_max: usize) -> Result<usize, StoreError> {
        let mut removed = 0;
        while removed < rows_max {
            let work = Removal { now, rows_max: PURGE_ROWS.min(rows_max - removed) };
            let some = self.pool.run(work).await.map_err(in_operation::<D>("purge"))?;
            removed += some.rows;
            if !some.may_be_more {
                break;
            }
        }
        Ok(removed)
    }

    pub(super) async fn fence(&self, subject: &Subject) -> Result<Fence, StoreError> {
        let rows = self.read("fence", FENCE, vec![Value::Number(bucket(Some(subject)).into())]).await?;
        Bucket::of_rows(&rows).map(Bucket::fence).map_err(in_operation::<D>("fence"))
    }

    pub(super) async fn insert_for_subject(
        &self,
        insert: SubjectInsert<'_>,
    ) -> Result<SubjectInserted, StoreError> {
        let SubjectInsert { insert: Insert { id, row, replaces }, fence, cap, now } = insert;
        let work = SignIn { id, row: row.clone(), replaces, fence, cap, now };
        self.pool.run(work).await.map_err(in_operation::<D>("insert_for_subject"))
    }

    pub(super) async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        let rows = self.read_long("list", LIST, vec![Value::Subject(Some(subject.clone()))]).await?;
        sessions::<D>("list", &rows)
    }

    pub(super) async fn page(&self, after: Option<&PageCursor>, rows_max: usize) -> Result<Page, StoreError> {
        let after = after.and_then(PageCursor::session_id);
        let values = vec![Value::id_or_none(after), Value::limit(rows_max)];
        let rows = self.read_long("page", PAGE, values).await?;
        Ok(Page::in_order_of_ids(sessions::<D>("page", &rows)?, rows_max))
    }

    pub(super) async fn index_for_search(&self) -> Result<(), ConnectError> {
        opening::prepared(&self.address, &self.pool, D::Connection::DIALECT.search).await
    }

    pub(super) async fn search(
        &self,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Result<Page, StoreError> {
        if let Wanted { subject: None, address: None, network: Some(network), .. } = wanted {
            let found = self.in_network(NetworkPlace::of(*network, after), rows_max).await?;
            return Ok(Page::by_address(found, rows_max).only(wanted));
        }
        let (statement, values) = search(wanted, Place::of(wanted, after), rows_max);
        let rows = self.read_long("search", statement, values).await?;
        Ok(Page::newest_first(sessions::<D>("search", &rows)?, rows_max).only(wanted))
    }

    async fn in_network(
        &self,
        mut place: NetworkPlace,
        rows_max: usize,
    ) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
        let mut found = match place.rest_of.take() {
            Some((address, rest)) => {
                let (statement, values) = rest_of(&address, rest, rows_max);
                sessions::<D>("search", &self.read_long("search", statement, values).await?)?
            }
            None => Vec::new(),
        };
        if found.len() < rows_max {
            let (statement, values) = in_network(&place, rows_max - found.len());
            let rows = self.read_long("search", statement, values).await?;
            found.extend(sessions::<D>("search", &rows)?);
        }
        Ok(found)
    }

    pub(super) async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let work = SubjectRevocation { subject: subject.clone(), spare };
        self.pool.run(work).await.map_err(in_operation::<D>("revoke_subject"))
    }

    pub(super) async fn revoke_everyone(&self) -> Result<u64, StoreError> {
        let ended = self.pool.run_alone(GENERAL_PATIENCE, GeneralRevocation).await;
        ended.map_err(in_operation::<D>("revoke_everyone"))
    }

    /// Reads what may be many rows, where no look-up waits behind it.
    async fn read_long(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<RowOf<D>>, StoreError> {
        let rows = self.pool.read(Reading { statement, values }).await;
        rows.map_err(in_operation::<D>(operation))
    }

    /// Reads a row.
    async fn read(
        &self,
        operation: &'static str,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<RowOf<D>>, StoreError> {
        self.reader.read(statement, values).await.map_err(in_operation::<D>(operation))
    }
}

fn sessions<D: Driver>(
    operation: &'static str,
    rows: &[RowOf<D>],
) -> Result<Vec<(SessionId, Loaded)>, StoreError> {
    let sessions = rows.iter().map(identified).collect::<Result<_, _>>();
    sessions.map_err(|column| in_operation::<D>(operation)(column.into()))
}

fn in_operation<D: Driver>(operation: &'static str) -> impl Fn(Trouble) -> StoreError {
    move |trouble| trouble.in_operation(D::NAME, operation)
}
