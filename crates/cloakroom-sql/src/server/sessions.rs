//! Operations on single sessions.

use cloakroom_core::store::{Inserted, Revoked, Row, Seen, Swap, Touch, Touched, Version};
use cloakroom_core::{SessionId, Timestamp};

use super::dialect::Purge;
use super::driver::Connection;
use super::news::News;
use super::rows::session_id;
use super::statements::{BEGIN, COMMIT, INSERT, REPLACE, REVOKE, ROLLBACK, STATE, TAKE_REPLACED};
use super::trouble::Trouble;
use super::value::{Columns, Value};
use super::work::Work;
use crate::columns::{number_column, time_column};

/// Creates a row, and ends the session that it replaces.
#[derive(Debug)]
pub(super) struct Insertion {
    pub(super) id: SessionId,
    pub(super) row: Row,
    pub(super) replaces: Option<Seen>,
}

/// Writes a row over the version that was seen.
#[derive(Debug)]
pub(super) struct Replacement {
    pub(super) id: SessionId,
    pub(super) seen: Version,
    pub(super) row: Row,
}

/// Moves the times of a session forward.
#[derive(Debug)]
pub(super) struct Touching {
    pub(super) id: SessionId,
    pub(super) touch: Touch,
}

/// Ends a session.
#[derive(Debug)]
pub(super) struct Revocation {
    pub(super) id: SessionId,
}

/// Removes rows that have ended.
#[derive(Debug)]
pub(super) struct Removal {
    pub(super) now: Timestamp,
    pub(super) rows_max: usize,
}

/// The parameters of [`INSERT`]: eight.
pub(super) fn insert_values(id: SessionId, row: &Row) -> Vec<Value> {
    let mut values = vec![Value::Id(id)];
    values.extend(Value::of_row(row));
    values.push(Value::Number(number_column(Version::FIRST.number())));
    values
}

impl<C: Connection> Work<C> for Insertion {
    type Output = Inserted;

    async fn run(&self, connection: &mut C) -> Result<Inserted, Trouble> {
        let mut values = insert_values(self.id, &self.row);
        let Some(seen) = self.replaces else {
            connection.ask(INSERT, &values).await?;
            return Ok(Inserted::Done);
        };
        let taken = connection.ask_all(&[BEGIN, TAKE_REPLACED], &[Value::Id(seen.id)]).await?;
        let refusal = match taken[1].rows.first() {
            None => Some(Inserted::Gone),
            Some(row) if row.number(0)? != number_column(seen.version.number()) => Some(Inserted::Lost),
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            connection.ask_all(&[ROLLBACK], &[]).await?;
            return Ok(refusal);
        }
        values.push(Value::Ids(vec![seen.id]));
        let news = News::Sessions(vec![seen.id]);
        connection.ask_all_and_tell(&[INSERT, C::DIALECT.end_replaced, COMMIT], &values, &news).await?;
        Ok(Inserted::Done)
    }
}

impl<C: Connection> Work<C> for Replacement {
    type Output = Swap;

    async fn run(&self, connection: &mut C) -> Result<Swap, Trouble> {
        let mut values = vec![Value::Id(self.id)];
        values.extend(Value::of_row(&self.row));
        let seen = number_column(self.seen.number());
        values.push(Value::Number(seen));
        let news = News::Sessions(vec![self.id]);
        if connection.ask_and_tell(REPLACE, &values, &news).await?.written > 0 {
            return Ok(Swap::Done(self.seen.next()));
        }
        match connection.ask(STATE, &[Value::Id(self.id)]).await?.rows.first() {
            None => Ok(Swap::Gone),
            Some(row) if row.number(0)? != seen => Ok(Swap::Lost),
            Some(_) => Err(Trouble::changed_meanwhile()),
        }
    }
}

impl<C: Connection> Work<C> for Touching {
    type Output = Touched;

    /// A touch that moves nothing writes nothing.
    async fn run(&self, connection: &mut C) -> Result<Touched, Trouble> {
        let Touch { last_seen_at, expires_at } = self.touch;
        let (last_seen_at, expires_at) = (time_column(last_seen_at), time_column(expires_at));
        let values = [Value::Id(self.id), Value::Number(last_seen_at), Value::Number(expires_at)];
        if connection.ask(C::DIALECT.touch, &values).await?.written > 0 {
            return Ok(Touched::Done);
        }
        match connection.ask(STATE, &values).await?.rows.first() {
            None => Ok(Touched::Gone),
            Some(row) if row.number(1)? >= last_seen_at && row.number(2)? >= expires_at => Ok(Touched::Done),
            Some(_) => Err(Trouble::changed_meanwhile()),
        }
    }
}

impl<C: Connection> Work<C> for Revocation {
    type Output = Revoked;

    async fn run(&self, connection: &mut C) -> Result<Revoked, Trouble> {
        let news = News::Sessions(vec![self.id]);
        let removed = connection.ask_and_tell(REVOKE, &[Value::Id(self.id)], &news).await?.written;
        Ok(if removed > 0 { Revoked::Done } else { Revoked::Absent })
    }
}

impl<C: Connection> Work<C> for Removal {
    type Output = Removed;

    async fn run(&self, connection: &mut C) -> Result<Removed, Trouble> {
        let mut values = vec![Value::Number(time_column(self.now)), Value::limit(self.rows_max)];
        match C::DIALECT.purge {
            Purge::AtOnce(remove) => {
                let rows = connection.ask(remove, &values).await?.written;
                Ok(Removed::all_of(rows, self.rows_max))
            }
            Purge::ById { due, remove } => {
                let due = connection.ask(due, &values).await?.rows;
                if due.is_empty() {
                    return Ok(Removed { rows: 0, may_be_more: false });
                }
                let ids = due.iter().map(|row| session_id(row, 0)).collect::<Result<Vec<_>, _>>()?;
                let may_be_more = ids.len() >= self.rows_max;
                values.push(Value::Ids(ids));
                let answers = connection.ask_all(&[remove], &values).await?;
                Ok(Removed { rows: count(answers[0].written), may_be_more })
            }
        }
    }
}

/// What a part of a purge removed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Removed {
    pub(super) rows: usize,
    /// Whether it stopped because it might not remove more.
    pub(super) may_be_more: bool,
}

impl Removed {
    fn all_of(rows: u64, rows_max: usize) -> Self {
        let rows = count(rows);
        Self { rows, may_be_more: rows >= rows_max }
    }
}

fn count(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
