//! What is done to all sessions of all servers.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use redis::Value;

use crate::answer::{UNKNOWN_ANSWER, octets};
use crate::error::Trouble;
use crate::inner::Inner;
use crate::keys::slot;
use crate::link::Link;
use crate::router::Durability;
use crate::script::Lua;

/// Keys that a script gets at once: it is over in a millisecond, if their subjects have ten sessions each and all must end.
const SCRIPT_KEYS: usize = 20;

/// Scripts of a walk that are under way at once in a cluster, where there is one for each slot.
const SCRIPTS_AT_ONCE: usize = 64;

impl Inner {
    /// Runs a script on all of these keys, and adds up what it counts.
    ///
    /// One server gets some at a time, and answers others in between. A cluster gets a script for each slot, since it takes
    /// no other.
    pub(crate) async fn on_all(
        &self,
        lua: &'static Lua,
        keys: Vec<String>,
        arguments: &[Vec<u8>],
    ) -> Result<u64, Trouble> {
        let mut groups: Vec<Vec<String>> = Vec::new();
        if self.router.is_one_server() {
            groups.extend(keys.chunks(SCRIPT_KEYS).map(<[String]>::to_vec));
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
