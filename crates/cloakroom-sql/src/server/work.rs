//! Something to do on a connection.

use super::driver::Connection;
use super::statements::ROLLBACK;
use super::trouble::{Trouble, TroubleKind};
use super::turns::Turn;
use super::value::Value;

/// How often work is tried that wrote nothing because of others.
const TRIES: usize = 10;

/// Something to do on a connection, whole or not at all.
pub(super) trait Work<C: Connection>: Send + Sync + 'static {
    /// What it gives.
    type Output: Send + 'static;

    /// Whose turn it takes.
    fn turn(&self) -> Turn {
        Turn::None
    }

    /// Does it. Leaves no transaction open unless it fails.
    fn run(&self, connection: &mut C) -> impl Future<Output = Result<Self::Output, Trouble>> + Send;
}

/// Asks for rows.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) statement: &'static str,
    pub(super) values: Vec<Value>,
}

impl<C: Connection> Work<C> for Reading {
    type Output = Vec<C::Row>;

    async fn run(&self, connection: &mut C) -> Result<Vec<C::Row>, Trouble> {
        Ok(connection.ask(self.statement, &self.values).await?.rows)
    }
}

/// Does the work, again when it wrote nothing because of others, such as when the server undid it to end a deadlock.
///
/// Then another try cannot meet the effect of the first. When it fails, no transaction is
/// left open; a connection of which that is not known is broken.
pub(super) async fn carry_out<C: Connection, W: Work<C>>(
    connection: &mut C,
    work: &W,
) -> Result<W::Output, Trouble> {
    let mut tries = 1..TRIES;
    loop {
        let trouble = match work.run(connection).await {
            Ok(output) => return Ok(output),
            Err(trouble) => trouble,
        };
        if trouble.kind == TroubleKind::Broken {
            return Err(trouble);
        }
        if connection.ask_all(&[ROLLBACK], &[]).await.is_err() {
            return Err(Trouble::new(TroubleKind::Broken, trouble.source));
        }
        if trouble.kind != TroubleKind::Again || tries.next().is_none() {
            return Err(trouble);
        }
    }
}
