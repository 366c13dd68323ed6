//! A Redis Cluster: three masters with a replica each.

use crate::error::ServerError;
use crate::ports::free_port;
use crate::redis::{RedisServer, RedisSetup};
use crate::resp::Reply;
use crate::wait::until;

/// The slots of the three masters.
const RANGES: [(u16, u16); 3] = [(0, 5460), (5461, 10922), (10923, 16383)];

/// After how many milliseconds of silence a node counts as failed.
const NODE_TIMEOUT_MS: &str = "1000";

/// A cluster of three masters with a replica each, gone when it is dropped.
#[derive(Debug)]
pub struct RedisCluster {
    /// The first three began as masters; the replica of each stands three places further.
    nodes: Vec<RedisServer>,
    /// The ports at which they say that they are, in the same order.
    announced: Vec<u16>,
}

impl RedisCluster {
    /// Starts a cluster, and waits until all nodes agree on it and every replica has caught up.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn start() -> Result<Self, ServerError> {
        // By themselves nodes would speak to each other on ports far above their own, which there may not be.
        let bus_ports = (0..6).map(|_| free_port()).collect::<Result<Vec<_>, _>>()?;
        let start = |port: &u16| RedisServer::start(&setup(*port));
        let nodes = bus_ports.iter().map(start).collect::<Result<Vec<_>, _>>()?;
        let announced = nodes.iter().map(RedisServer::port).collect();
        let cluster = Self { nodes, announced };
        cluster.join(bus_ports[0])?;
        Ok(cluster)
    }

    fn join(&self, first_bus_port: u16) -> Result<(), ServerError> {
        for ((first, last), master) in RANGES.into_iter().zip(&self.nodes) {
            ask(master, &["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()])?;
        }
        for (number, node) in (1_u8..).zip(&self.nodes) {
            ask(node, &["CLUSTER", "SET-CONFIG-EPOCH", &number.to_string()])?;
        }
        let (port, bus_port) = (self.nodes[0].port().to_string(), first_bus_port.to_string());
        for node in &self.nodes[1..] {
            ask(node, &["CLUSTER", "MEET", "127.0.0.1", &port, &bus_port])?;
        }
        until("all nodes of the cluster know each other", || {
            self.nodes.iter().all(|node| info(node, "cluster_known_nodes").as_deref() == Some("6"))
        })?;
        for (master, replica) in self.nodes.iter().zip(&self.nodes[3..]) {
            let id = node_id(master)?;
            until("a replica follows its master", || {
                matches!(replica.command(&["CLUSTER", "REPLICATE", &id]), Ok(Reply::Text(_)))
            })?;
        }
        self.settled()
    }

    /// Waits until all nodes that run agree on the slots and all replicas that run have caught up.
    ///
    /// # Errors
    /// [`ServerError::Disagreement`].
    pub fn settled(&self) -> Result<(), ServerError> {
        until("the cluster is well", || {
            self.nodes.iter().all(|node| match node.command(&["CLUSTER", "SHARDS"]) {
                Ok(_) => info(node, "cluster_state").as_deref() == Some("ok") && is_in_sync(node),
                // One that was killed.
                Err(_) => true,
            })
        })
    }

    /// The URL of the cluster, by all its nodes.
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis+cluster://{}", nodes.join(","))
    }

    /// Its nodes: three masters at first, then their replicas in the same order.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// One of its nodes, to be killed.
    pub fn node(&mut self, place: usize) -> &mut RedisServer {
        &mut self.nodes[place]
    }

    /// The place of the node that is master of a slot, as one of the others that run sees it; `None` when nobody is.
    pub fn master_of(&self, slot: u16) -> Option<usize> {
        let mut ports = self.nodes.iter().filter_map(|node| {
            let Ok(Reply::List(ranges)) = node.command(&["CLUSTER", "SLOTS"]) else { return None };
            ranges.iter().find_map(|range| port_of(range, slot))
        });
        let port = ports.next_back()?;
        self.announced.iter().position(|announced| *announced == port)
    }

    /// Lets every node say that it is at another port, in the order of [`RedisCluster::nodes`], as one behind a proxy is; waits
    /// until all say so of each other.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn announce(&mut self, ports: Vec<u16>) -> Result<(), ServerError> {
        self.announced = ports;
        for place in 0..self.nodes.len() {
            self.announce_one(place)?;
        }
        until("all nodes know where the others say that they are", || {
            self.nodes.iter().all(|node| {
                let Ok(Reply::List(ranges)) = node.command(&["CLUSTER", "SLOTS"]) else { return false };
                let first_slots = RANGES.map(|(first, _)| first);
                let masters =
                    first_slots.iter().map(|slot| ranges.iter().find_map(|range| port_of(range, *slot)));
                masters.flatten().filter(|port| self.announced.contains(port)).count() == first_slots.len()
            })
        })?;
        self.settled()
    }

    fn announce_one(&self, place: usize) -> Result<(), ServerError> {
        let port = self.announced[place].to_string();
        ask(&self.nodes[place], &["CONFIG", "SET", "cluster-announce-port", &port]).map(drop)
    }

    /// Waits until a node that was killed or slept follows the node that took over from it, and has caught up.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn rejoin(&self, place: usize) -> Result<(), ServerError> {
        self.announce_one(place)?;
        until("a node that is back follows the master", || {
            !is_master(&self.nodes[place]) && is_in_sync(&self.nodes[place])
        })?;
        self.settled()
    }

    /// The slot of a tag.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn slot_of(&self, tag: &str) -> Result<u16, ServerError> {
        let slot = match ask(&self.nodes[0], &["CLUSTER", "KEYSLOT", tag])? {
            Reply::Number(slot) => u16::try_from(slot).ok(),
            _ => None,
        };
        slot.ok_or_else(|| ServerError::Disagreement { what: format!("{tag} has a slot") })
    }

    /// Waits until another node than this one is master of a slot, and the nodes that run are well with it.
    ///
    /// # Errors
    /// [`ServerError::Disagreement`].
    pub fn failed_over_from(&self, place: usize, slot: u16) -> Result<(), ServerError> {
        until("another node is master of the slot", || {
            self.master_of(slot).is_some_and(|master| master != place)
        })?;
        self.settled()
    }

    /// Moves a slot with its keys to another master, one key at a time; `midway` is called when some keys have moved
    /// and some have not.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn move_slot(&self, slot: u16, to: usize, mut midway: impl FnMut()) -> Result<(), ServerError> {
        let from = self.master_of(slot).ok_or_else(|| no_master(slot))?;
        let (from, to) = (&self.nodes[from], &self.nodes[to]);
        let (from_id, to_id, slot) = (node_id(from)?, node_id(to)?, slot.to_string());
        ask(to, &["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id])?;
        ask(from, &["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id])?;
        let port = to.port().to_string();
        let mut moved = 0;
        while let Some(key) = any_key_in(from, &slot)? {
            ask(from, &["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"])?;
            moved += 1;
            if moved == 2 {
                midway();
            }
        }
        for node in self.nodes.iter().filter(|node| is_master(node)) {
            ask(node, &["CLUSTER", "SETSLOT", &slot, "NODE", &to_id])?;
        }
        Ok(())
    }
}

fn setup(bus_port: u16) -> RedisSetup {
    RedisSetup::new().with(&[
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        &bus_port.to_string(),
        "--cluster-node-timeout",
        NODE_TIMEOUT_MS,
        "--cluster-replica-validity-factor",
        "0",
        "--repl-diskless-sync-delay",
        "0",
    ])
}

fn ask(node: &RedisServer, words: &[&str]) -> Result<Reply, ServerError> {
    match node.command(words).map_err(ServerError::system(format!("{words:?} was not answered")))? {
        Reply::Refused(why) => Err(ServerError::Disagreement { what: format!("{words:?} is done: {why}") }),
        reply => Ok(reply),
    }
}

fn any_key_in(node: &RedisServer, slot: &str) -> Result<Option<String>, ServerError> {
    let Reply::List(keys) = ask(node, &["CLUSTER", "GETKEYSINSLOT", slot, "1"])? else { return Ok(None) };
    Ok(keys.first().and_then(Reply::text).map(str::to_owned))
}

fn node_id(node: &RedisServer) -> Result<String, ServerError> {
    Ok(ask(node, &["CLUSTER", "MYID"])?.text().unwrap_or_default().to_owned())
}

fn info(node: &RedisServer, name: &str) -> Option<String> {
    Some(node.command(&["CLUSTER", "INFO"]).ok()?.info(name)?.trim().to_owned())
}

fn is_master(node: &RedisServer) -> bool {
    node.command(&["INFO", "replication"])
        .is_ok_and(|info| info.info("role").map(str::trim) == Some("master"))
}

/// Whether a replica has what its master has; a master is in sync with itself.
fn is_in_sync(node: &RedisServer) -> bool {
    is_master(node)
        || node
            .command(&["INFO", "replication"])
            .is_ok_and(|info| info.info("master_link_status").map(str::trim) == Some("up"))
}

fn port_of(range: &Reply, slot: u16) -> Option<u16> {
    let Reply::List(parts) = range else { return None };
    let [Reply::Number(first), Reply::Number(last), Reply::List(master), ..] = parts.as_slice() else {
        return None;
    };
    let Some(Reply::Number(port)) = master.get(1) else { return None };
    (*first..=*last).contains(&i64::from(slot)).then(|| u16::try_from(*port).ok()).flatten()
}

fn no_master(slot: u16) -> ServerError {
    ServerError::Disagreement { what: format!("slot {slot} has a master") }
}
