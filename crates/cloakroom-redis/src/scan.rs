//! Walks over all sessions of a server, by `SCAN`.
//!
//! A walk finds every key that is there from its begin to its end, on the server where it began: a cursor means nothing to
//! another one, nor to the same one after a restart. So a walk has a connection of its own, and ends in trouble when that
//! breaks.

use redis::{Cmd, Value};

use crate::answer::{UNKNOWN_ANSWER, number, octets};
use crate::error::Trouble;
use crate::keys::Keys;
use crate::link::{Alone, Link};

/// Keys that a server looks at in one step, well below a millisecond of its time.
pub(crate) const STEP_KEYS: usize = 500;

/// A walk over one server.
pub(crate) struct Walk {
    connection: Alone,
    /// `None` when it is over.
    cursor: Option<u64>,
}

impl Walk {
    pub(crate) async fn begin(link: &Link) -> Result<Self, Trouble> {
        Ok(Self { connection: link.alone().await?, cursor: Some(0) })
    }

    /// Keys of some sessions; `None` when it is over.
    pub(crate) async fn step(&mut self, keys: &Keys) -> Result<Option<Vec<String>>, Trouble> {
        let Some(cursor) = self.cursor else { return Ok(None) };
        let (next, keys) = read_scan(keys, self.connection.ask(&scan(keys, cursor, STEP_KEYS)).await?)?;
        self.cursor = Some(next).filter(|next| *next != 0);
        Ok(Some(keys))
    }
}

pub(crate) fn scan(keys: &Keys, cursor: u64, keys_max: usize) -> Cmd {
    let mut command = redis::cmd("SCAN");
    command.arg(cursor).arg("MATCH").arg(&keys.pattern).arg("COUNT").arg(keys_max);
    command
}

/// Where a scan goes on, and the keys of sessions that it found.
pub(crate) fn read_scan(keys: &Keys, answer: Value) -> Result<(u64, Vec<String>), Trouble> {
    let Value::Array(parts) = answer else { return Err(UNKNOWN_ANSWER) };
    let [next, Value::Array(found)] = parts.as_slice() else { return Err(UNKNOWN_ANSWER) };
    let next = number(next).ok_or(UNKNOWN_ANSWER)?;
    let is_session = |key: &&[u8]| keys.session_of_key(key).is_some();
    let keys = found.iter().filter_map(octets).filter(is_session);
    Ok((next, keys.filter_map(|key| String::from_utf8(key.to_vec()).ok()).collect()))
}
