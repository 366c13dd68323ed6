//! Walks over all sessions of a server, by `SCAN`.
//!
//! A walk finds every key that is there from its begin to its end, on the server where it began: a cursor means nothing to
//! another one, nor to the same one after a restart. So a walk has a connection of its own, and ends in trouble when that
//! breaks.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use redis::{Cmd, Value};

use crate::error::Trouble;
use crate::inner::{Inner, UNKNOWN_ANSWER, number, octets};
use crate::keys::slot;
use crate::link::{Alone, Link};
use crate::router::Durability;
use crate::script::Lua;

/// Keys that a server looks at in one step, well below a millisecond of its time.
pub(crate) const STEP_KEYS: usize = 500;

/// Scripts of a walk that are under way at once in a cluster, where there is one for each slot.
const SCRIPTS_AT_ONCE: usize = 64;

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
    pub(crate) async fn step(&mut self, inner: &Inner) -> Result<Option<Vec<String>>, Trouble> {
        let Some(cursor) = self.cursor else { return Ok(None) };
        let (next, keys) = read_scan(inner, self.connection.ask(&scan(inner, cursor, STEP_KEYS)).await?)?;
        self.cursor = Some(next).filter(|next| *next != 0);
        Ok(Some(keys))
    }
}

pub(crate) fn scan(inner: &Inner, cursor: u64, keys: usize) -> Cmd {
    let mut command = redis::cmd("SCAN");
    command.arg(cursor).arg("MATCH").arg(&inner.keys.pattern).arg("COUNT").arg(keys);
    command
}

/// Where a scan goes on, and the keys of sessions that it found.
pub(crate) fn read_scan(inner: &Inner, answer: Value) -> Result<(u64, Vec<String>), Trouble> {
    let Value::Array(parts) = answer else { return Err(UNKNOWN_ANSWER) };
    let [next, Value::Array(found)] = parts.as_slice() else { return Err(UNKNOWN_ANSWER) };
    let next = number(next).ok_or(UNKNOWN_ANSWER)?;
    let is_session = |key: &&[u8]| inner.keys.session_of_key(key).is_some();
    let keys = found.iter().filter_map(octets).filter(is_session);
    Ok((next, keys.filter_map(|key| String::from_utf8(key.to_vec()).ok()).collect()))
}

impl Inner {
    /// Runs a script on all of these keys, and adds up what it counts.
    ///
    /// One server gets them in one script. A cluster gets a script for each slot, since it takes no other.
    pub(crate) async fn on_all(
        &self,
        lua: &'static Lua,
        keys: Vec<String>,
        arguments: &[Vec<u8>],
    ) -> Result<u64, Trouble> {
        let mut groups: Vec<Vec<String>> = Vec::new();
        if self.router.is_one_server() {
            groups.extend(Some(keys).filter(|keys| !keys.is_empty()));
        } else {
            let mut keys = keys;
            keys.sort_by_cached_key(|key| slot(key));
            groups.extend(keys.chunk_by(|one, next| slot(one) == slot(next)).map(<[String]>::to_vec));
        }
        let counts = stream::iter(groups).map(async |keys: Vec<String>| {
            match self.router.script(lua, &keys, arguments, Durability::Master).await? {
                Value::Int(count) => u64::try_from(count).map_err(|_| UNKNOWN_ANSWER),
                _ => Err(UNKNOWN_ANSWER),
            }
        });
        counts.buffer_unordered(SCRIPTS_AT_ONCE).try_fold(0, async |sum, count| Ok(sum + count)).await
    }

    /// What tells one state of the servers from another: which they are, since when, and who has which slot.
    pub(crate) async fn shape(&self) -> Result<Shape, Trouble> {
        let mut servers = Vec::new();
        for (_, link) in self.router.masters().await? {
            servers.push(self.shape_of(&link).await?);
        }
        servers.sort();
        Ok(Shape(servers))
    }

    async fn shape_of(&self, link: &Arc<Link>) -> Result<String, Trouble> {
        let mut commands = redis::pipe();
        commands.cmd("INFO").arg("server");
        if !self.router.is_one_server() {
            commands.cmd("CLUSTER").arg("NODES");
        }
        let answers = self.router.tell(link, &commands).await?;
        let mut shape = run_of(answers.first()).ok_or(UNKNOWN_ANSWER)?;
        if let Some(nodes) = answers.get(1).and_then(octets) {
            let nodes = String::from_utf8_lossy(nodes);
            // ID, address, flags, master, pings, pongs, epoch, link; then the slots, those on the move in brackets.
            let own = nodes.lines().find(|line| line.contains("myself"));
            shape.extend(own.iter().flat_map(|line| line.split(' ').skip(8)).flat_map(|slots| [" ", slots]));
        }
        Ok(shape)
    }
}

/// What tells one start of a server from another.
pub(crate) fn run_of(info: Option<&Value>) -> Option<String> {
    let info = String::from_utf8_lossy(octets(info?)?);
    info.lines().find_map(|line| line.strip_prefix("run_id:")).map(|run| run.trim().to_owned())
}

/// A state of the servers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape(Vec<String>);

impl Shape {
    /// Whether a slot is on its way from one server to another.
    pub(crate) fn is_moving(&self) -> bool {
        self.0.iter().any(|server| server.contains('['))
    }
}
