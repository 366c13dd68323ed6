//! A connection, and the statements that it keeps prepared.

use std::convert::Infallible;
use std::fmt::Write;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, pending, select, try_join_all};
use futures_util::stream::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::channel::{TELL, messages};
use super::error::trouble;
use crate::server::connect_error::ConnectTrouble;
use crate::server::dialect::{Dialect, POSTGRES};
use crate::server::driver::{Answer, Connection};
use crate::server::news::News;
use crate::server::trouble::Trouble;
use crate::server::value::{Columns, Value};
use crate::template::{Piece, pieces};

/// A connection. What one reader asks may follow what another has asked before that is answered.
pub(in crate::server) struct PostgresConnection {
    client: Client,
    /// Few, so that a search compares little more than lengths.
    prepared: Mutex<Vec<Arc<Prepared>>>,
    tells_nodes: bool,
}

struct Prepared {
    text: &'static str,
    statement: Statement,
    /// Which of the values its parameters are.
    order: Vec<usize>,
}

impl PostgresConnection {
    pub(super) fn new(client: Client, tells_nodes: bool) -> Self {
        Self { client, prepared: Mutex::default(), tells_nodes }
    }

    /// The rows of a statement, pipelined behind whatever else has been asked.
    ///
    /// When it is dropped, the answer is thrown away as it arrives.
    pub(super) async fn ask_shared(
        &self,
        statement: &'static str,
        values: &[Value],
    ) -> Result<Answer<Row>, Trouble> {
        let prepared = self.prepared(statement).await?;
        self.answer(&prepared, values).await
    }

    /// Whether it is of no more use.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    async fn prepared(&self, text: &'static str) -> Result<Arc<Prepared>, Trouble> {
        let found = {
            let all = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().find(|prepared| prepared.text == text).cloned()
        };
        if let Some(found) = found {
            return Ok(found);
        }
        let (numbered, order) = numbered(text);
        let statement = Box::pin(self.client.prepare(&numbered)).await.map_err(trouble)?;
        let prepared = Arc::new(Prepared { text, statement, order });
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&prepared));
        Ok(prepared)
    }

    async fn answer(&self, prepared: &Prepared, values: &[Value]) -> Result<Answer<Row>, Trouble> {
        let parameters = prepared.order.iter().map(|index| &values[*index] as &(dyn ToSql + Sync));
        let stream = self.client.query_raw(&prepared.statement, parameters).await.map_err(trouble)?;
        let mut stream = pin!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.try_next().await.map_err(trouble)? {
            rows.push(row);
        }
        Ok(Answer { rows, written: stream.rows_affected().unwrap_or(0) })
    }
}

/// The statement with its parameters numbered from 1 without a gap, as the server wants them, and which they are.
fn numbered(text: &str) -> (String, Vec<usize>) {
    let mut order: Vec<usize> = Vec::new();
    let mut numbered = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => numbered.push_str(text),
            Piece::Parameter(index) => {
                let place = order.iter().position(|known| *known == index).unwrap_or_else(|| {
                    order.push(index);
                    order.len() - 1
                });
                // Writing to a string does not fail.
                let _ = write!(numbered, "${}", place + 1);
            }
        }
    }
    (numbered, order)
}

impl Connection for PostgresConnection {
    type Row = Row;

    const DIALECT: &'static Dialect = &POSTGRES;

    fn is_broken(&self) -> bool {
        self.is_closed()
    }

    async fn ask(&mut self, statement: &'static str, values: &[Value]) -> Result<Answer<Row>, Trouble> {
        self.ask_shared(statement, values).await
    }

    async fn ask_all(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
    ) -> Result<Vec<Answer<Row>>, Trouble> {
        let mut prepared = Vec::with_capacity(statements.len());
        for statement in statements {
            prepared.push(self.prepared(statement).await?);
        }
        // Each is sent when it is first polled, which happens in order and before the first answer.
        try_join_all(prepared.iter().map(|prepared| self.answer(prepared, values))).await
    }

    async fn ask_and_tell(
        &mut self,
        statement: &'static str,
        values: &[Value],
        news: &News,
    ) -> Result<Answer<Row>, Trouble> {
        Ok(self.ask_all_and_tell(&[statement], values, news).await?.swap_remove(0))
    }

    /// Within the transaction of the write the news would cost much more: from its first notification to the end of its
    /// commit PostgreSQL lets no other transaction of the whole server commit one, so that commits wait for the disk one after
    /// the other. A transaction that only notifies waits for no disk.
    async fn ask_all_and_tell(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
        news: &News,
    ) -> Result<Vec<Answer<Row>>, Trouble> {
        if !self.tells_nodes {
            return self.ask_all(statements, values).await;
        }
        let tell = self.prepared(TELL).await?;
        let messages = messages(news);
        let telling = async {
            let _ = self.client.query_raw(&tell.statement, [&messages]).await;
            pending::<Infallible>().await
        };
        let mut prepared = Vec::with_capacity(statements.len());
        for statement in statements {
            prepared.push(self.prepared(statement).await?);
        }
        let asking = try_join_all(prepared.iter().map(|prepared| self.answer(prepared, values)));
        // Sent when first polled, and so behind the others; its answer is thrown away as it arrives.
        match select(pin!(asking), pin!(telling)).await {
            Either::Left((answers, _)) => answers,
            Either::Right((never, _)) => match never {},
        }
    }

    async fn run_script(&mut self, script: &'static str) -> Result<(), Trouble> {
        self.client.batch_execute(script).await.map_err(trouble)
    }

    async fn check_server(&mut self, accepts_lossy_commits: bool) -> Result<(), ConnectTrouble> {
        const SETTINGS: &str = "SELECT current_setting('server_encoding'), current_setting('fsync')";
        let answer = self.ask_shared(SETTINGS, &[]).await?;
        let Some(row) = answer.rows.first() else { return Ok(()) };
        let setting = |column| row.text(column).map_err(Trouble::from).map(Option::unwrap_or_default);
        let encoding = setting(0)?;
        if encoding != "UTF8" {
            return Err(ConnectTrouble::Encoding { encoding: encoding.to_owned() });
        }
        match setting(1)? {
            "off" if !accepts_lossy_commits => {
                Err(ConnectTrouble::NotDurable { setting: "fsync", value: "off".to_owned(), right: "on" })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_without_a_gap() {
        let (text, order) = numbered("a = $3 AND b = $1 OR c = $3");
        assert_eq!((&*text, order), ("a = $1 AND b = $2 OR c = $1", vec![2, 0]));
    }
}
