//! Reads: each on a connection of the pool, since the protocol knows no pipelines.

use mysql_async::Row;

use super::driver::MySql;
use crate::server::driver::Reader;
use crate::server::pool::Pool;
use crate::server::trouble::Trouble;
use crate::server::value::Value;
use crate::server::work::Reading;

/// Reads on the connections of a pool.
#[derive(Debug)]
pub(in crate::server) struct PoolReader {
    pool: Pool<MySql>,
}

impl PoolReader {
    pub(in crate::server) const fn new(pool: Pool<MySql>) -> Self {
        Self { pool }
    }
}

impl Reader<Row> for PoolReader {
    async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Trouble> {
        self.pool.read(Reading { statement, values }).await
    }
}
