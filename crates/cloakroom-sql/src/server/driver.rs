//! What the stores ask of a driver.

use std::fmt;
use std::time::Duration;

use super::connect_error::ConnectTrouble;
use super::dialect::Dialect;
use super::news::News;
use super::trouble::Trouble;
use super::value::{Columns, Value};

/// Makes connections to one database.
pub(super) trait Driver: fmt::Debug + Send + Sync + 'static {
    /// A connection of this driver.
    type Connection: Connection;

    /// What the store is called in errors and logs.
    const NAME: &'static str;

    /// How long a connection may have done nothing and still be used for the next operation; one that the server, or
    /// something between, has closed is an error at its next use, unless the driver sees that by itself.
    const IDLE_MAX: Duration;

    /// A new connection, set up. The server gives up what takes longer than `limit`.
    fn connect(&self, limit: Duration) -> impl Future<Output = Result<Self::Connection, Trouble>> + Send;
}

/// A connection, with one user at a time.
pub(super) trait Connection: Send + 'static {
    /// A row of an answer.
    type Row: Columns + Send + 'static;

    /// What is said differently to this server.
    const DIALECT: &'static Dialect;

    /// Whether it is known to be of no more use.
    fn is_broken(&self) -> bool;

    /// One statement, prepared once in the life of the connection; one round trip.
    ///
    /// Numbered parameters such as `$2` stand for the second of the `values`, which need not all occur.
    fn ask(
        &mut self,
        statement: &'static str,
        values: &[Value],
    ) -> impl Future<Output = Result<Answer<Self::Row>, Trouble>> + Send;

    /// Several statements over the same values, one after the other, in one round trip.
    ///
    /// They are one transaction if they say so. The first that fails is the error; those after it have no effect.
    fn ask_all(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
    ) -> impl Future<Output = Result<Vec<Answer<Self::Row>>, Trouble>> + Send;

    /// [`Connection::ask`], and behind it news for other nodes, if the server has a channel for that.
    ///
    /// The news are told in a transaction of their own once the effect of the statement can be read, in the same round trip.
    /// Nobody waits for them, and when they fail nothing else does: whoever misses them is behind by the bound of its copies.
    fn ask_and_tell(
        &mut self,
        statement: &'static str,
        values: &[Value],
        news: &News,
    ) -> impl Future<Output = Result<Answer<Self::Row>, Trouble>> + Send {
        let _ = news;
        self.ask(statement, values)
    }

    /// [`Connection::ask_all`] of statements that end with a commit, and behind it news as for one.
    fn ask_all_and_tell(
        &mut self,
        statements: &[&'static str],
        values: &[Value],
        news: &News,
    ) -> impl Future<Output = Result<Vec<Answer<Self::Row>>, Trouble>> + Send {
        let _ = news;
        self.ask_all(statements, values)
    }

    /// Statements without parameters and answers, such as those that make tables.
    fn run_script(&mut self, script: &'static str) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Whether the server is fit to keep sessions.
    fn check_server(
        &mut self,
        accepts_lossy_commits: bool,
    ) -> impl Future<Output = Result<(), ConnectTrouble>> + Send;
}

/// What a statement gave.
#[derive(Debug)]
pub(super) struct Answer<R> {
    /// The rows that it returned.
    pub(super) rows: Vec<R>,
    /// How many rows it wrote.
    pub(super) written: u64,
}

/// Asks for rows, in one round trip, and without a connection of its own if the server can do that.
pub(super) trait Reader<R>: fmt::Debug + Send + Sync + 'static {
    /// The rows of one statement that changes nothing.
    ///
    /// Asked again on a fresh connection when the one that was there turns out to be broken.
    fn read(
        &self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<R>, Trouble>> + Send;
}
