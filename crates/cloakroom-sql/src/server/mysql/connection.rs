//! A connection, its prepared statements, and several statements at once.

use std::borrow::Cow;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Params, QueryResult, Row, Statement, TextProtocol, Value as Column};

use super::error::trouble;
use super::literals::{parameter, write_statement};
use crate::server::connect_error::ConnectTrouble;
use crate::server::dialect::{Dialect, MYSQL};
use crate::server::driver::{Answer, Connection};
use crate::server::trouble::{Trouble, TroubleKind};
use crate::server::value::{Columns, Value};
use crate::template::{Piece, pieces};

/// A connection.
pub(in crate::server) struct MySqlConnection {
    connection: Conn,
    /// Few, so that a search compares little more than lengths.
    prepared: Vec<Prepared>,
    is_broken: bool,
}

#[derive(Clone)]
struct Prepared {
    text: &'static str,
    statement: Statement,
    /// Which of the values its parameters are.
    order: Vec<usize>,
}

impl MySqlConnection {
    pub(super) const fn new(connection: Conn) -> Self {
        Self { connection, prepared: Vec::new(), is_broken: false }
    }

    async fn prepared(&mut self, text: &'static str) -> Result<Prepared, mysql_async::Error> {
        if let Some(found) = self.prepared.iter().find(|prepared| prepared.text == text) {
            return Ok(found.clone());
        }
        let (questioned, order) = questioned(text);
        let statement = self.connection.prep(questioned).await?;
        let prepared = Prepared { text, statement, order };
        self.prepared.push(prepared.clone());
        Ok(prepared)
    }

    async fn ask_prepared(
        &mut self,
        text: &'static str,
        values: &[Value],
    ) -> Result<Answer<Row>, mysql_async::Error> {
        let Prepared { statement, order, .. } = self.prepared(text).await?;
        let parameters: Vec<Column> = order.iter().map(|index| parameter(&values[*index])).collect();
        let parameters = if parameters.is_empty() { Params::Empty } else { Params::Positional(parameters) };
        let mut result = self.connection.exec_iter(statement, parameters).await?;
        let rows = result.collect().await?;
        let written = result.affected_rows();
        result.drop_result().await?;
        Ok(Answer { rows, written })
    }

    async fn ask_in_text(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
    ) -> Result<Vec<Answer<Row>>, mysql_async::Error> {
        let mut text = String::with_capacity(1024);
        for statement in statements {
            if !text.is_empty() {
                text.push(';');
            }
            write_statement(&mut text, statement, values);
        }
        let mut result: QueryResult<'_, '_, TextProtocol> = self.connection.query_iter(text).await?;
        let mut answers = Vec::with_capacity(statements.len());
        for _ in statements {
            let written = result.affected_rows();
            answers.push(Answer { rows: result.collect().await?, written });
        }
        result.drop_result().await?;
        Ok(answers)
    }

    /// Trouble of this connection, which it remembers if it is of no more use.
    fn noticed(&mut self, error: mysql_async::Error) -> Trouble {
        let trouble = trouble(error);
        self.is_broken |= trouble.kind == TroubleKind::Broken;
        trouble
    }
}

/// The statement with a question mark for each parameter, and which they are.
fn questioned(text: &str) -> (Cow<'_, str>, Vec<usize>) {
    let mut order = Vec::new();
    let mut questioned = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => questioned.push_str(text),
            Piece::Parameter(index) => {
                order.push(index);
                questioned.push('?');
            }
        }
    }
    (Cow::Owned(questioned), order)
}

impl Connection for MySqlConnection {
    type Row = Row;

    const DIALECT: &'static Dialect = &MYSQL;

    fn is_broken(&self) -> bool {
        self.is_broken
    }

    async fn ask(&mut self, statement: &'static str, values: &[Value]) -> Result<Answer<Row>, Trouble> {
        let asked = self.ask_prepared(statement, values).await;
        asked.map_err(|error| self.noticed(error))
    }

    /// As text with the values in it, since only so does the server take several at once.
    async fn ask_all(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
    ) -> Result<Vec<Answer<Row>>, Trouble> {
        let asked = self.ask_in_text(statements, values).await;
        asked.map_err(|error| self.noticed(error))
    }

    async fn run_script(&mut self, script: &'static str) -> Result<(), Trouble> {
        let run = self.connection.query_drop(script).await;
        run.map_err(|error| self.noticed(error))
    }

    async fn check_server(&mut self, accepts_lossy_commits: bool) -> Result<(), ConnectTrouble> {
        const SETTING: &str = "SELECT @@innodb_flush_log_at_trx_commit";
        let answer = self.ask(SETTING, &[]).await?;
        let value = answer.rows.first().map(|row| row.number(0)).transpose().map_err(Trouble::from)?;
        match value {
            Some(value) if value != 1 && !accepts_lossy_commits => Err(ConnectTrouble::NotDurable {
                setting: "innodb_flush_log_at_trx_commit",
                value: value.to_string(),
                right: "1",
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_question_marks_in_their_order() {
        let (text, order) = questioned("a = $3 AND b = $1 OR c = $3");
        assert_eq!((&*text, order), ("a = ? AND b = ? OR c = ?", vec![2, 0, 2]));
    }
}
