//! The nodes of a cluster, and which of them has a slot.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use redis::Value;
use tokio::sync::Mutex as AsyncMutex;

use crate::error::Trouble;
use crate::link::Link;
use crate::options::{Address, RedisOptions};

pub(crate) const SLOTS: usize = 16_384;

/// A cluster as far as we know it.
pub(crate) struct Cluster {
    options: RedisOptions,
    seeds: Vec<Address>,
    map: RwLock<Arc<SlotMap>>,
    links: Mutex<HashMap<Address, Arc<Link>>>,
    learning: AsyncMutex<()>,
}

/// Who has which slot.
#[derive(Debug, Default)]
struct SlotMap {
    /// Which of the masters has the slot, counted from one; zero for nobody.
    owners: Vec<u16>,
    masters: Vec<Address>,
    /// Counts what was learned.
    number: u64,
}

impl Cluster {
    pub(crate) fn new(options: RedisOptions, seeds: Vec<Address>) -> Self {
        Self {
            options,
            seeds,
            map: RwLock::default(),
            links: Mutex::default(),
            learning: AsyncMutex::default(),
        }
    }

    /// The master of a slot.
    pub(crate) async fn link_for(&self, slot: u16) -> Result<Arc<Link>, Trouble> {
        let mut map = self.map();
        if map.owner(slot).is_none() {
            self.learn_after(map.number).await?;
            map = self.map();
        }
        let owner = map.owner(slot).ok_or(Trouble::Nonsense("the cluster has no master for a slot"))?;
        Ok(self.link(owner))
    }

    /// The same, if nobody has to be asked.
    pub(crate) fn known(&self, slot: u16) -> Option<Arc<Link>> {
        self.map().owner(slot).map(|owner| self.link(owner))
    }

    /// Every master, by the first slot that it has.
    pub(crate) async fn masters(&self) -> Result<BTreeMap<u16, Arc<Link>>, Trouble> {
        self.learn_after(self.map().number).await?;
        let map = self.map();
        let mut masters = BTreeMap::new();
        for (place, address) in (1..).zip(&map.masters) {
            if let Some(first) = map.owners.iter().position(|owner| *owner == place) {
                masters.insert(u16::try_from(first).unwrap_or(u16::MAX), self.link(address));
            }
        }
        Ok(masters)
    }

    /// Any node that we know of, in an order that differs from time to time.
    pub(crate) fn any(&self, turn: usize) -> Arc<Link> {
        let map = self.map();
        let nodes = if map.masters.is_empty() { &self.seeds } else { &map.masters };
        self.link(&nodes[turn % nodes.len()])
    }

    pub(crate) fn link(&self, address: &Address) -> Arc<Link> {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Arc::new(Link::new(
                self.options.connection_to(address),
                self.options.trust(),
                self.options.patience,
            ))
        };
        Arc::clone(links.entry(address.clone()).or_insert_with(new))
    }

    /// How often the map was learned; for [`Cluster::learn_after`].
    pub(crate) fn number(&self) -> u64 {
        self.map().number
    }

    /// Notes down that a slot has another master, as a node said.
    pub(crate) fn moved(&self, slot: u16, address: &Address) {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if map.owner(slot) == Some(address) {
            return;
        }
        let mut masters = map.masters.clone();
        let place = masters.iter().position(|master| master == address).unwrap_or_else(|| {
            masters.push(address.clone());
            masters.len() - 1
        });
        let mut owners = if map.owners.is_empty() { vec![0; SLOTS] } else { map.owners.clone() };
        owners[usize::from(slot)] = u16::try_from(place + 1).unwrap_or_default();
        *map = Arc::new(SlotMap { owners, masters, number: map.number });
    }

    /// Asks the nodes who has what, unless that has been learned since the map of this number.
    pub(crate) async fn learn_after(&self, number: u64) -> Result<(), Trouble> {
        let _turn = self.learning.lock().await;
        let known = self.map();
        if known.number > number {
            return Ok(());
        }
        // All at once: one that is dead must not hold up the others.
        let nodes =
            known.masters.iter().chain(self.seeds.iter().filter(|seed| !known.masters.contains(seed)));
        let mut answers: FuturesUnordered<_> = nodes.map(|node| self.ask(node)).collect();
        let mut trouble = Trouble::Nonsense("no node of the cluster knows its slots");
        while let Some(answer) = answers.next().await {
            match answer {
                Ok((owners, masters)) => {
                    let learned = SlotMap { owners, masters, number: known.number + 1 };
                    *self.map.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(learned);
                    return Ok(());
                }
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    async fn ask(&self, node: &Address) -> Result<(Vec<u16>, Vec<Address>), Trouble> {
        let mut commands = redis::pipe();
        commands.cmd("CLUSTER").arg("SLOTS");
        let answers = self.link(node).send(&commands, None).await?;
        let ranges = match answers.into_iter().next() {
            Some(Value::Array(ranges)) => ranges,
            Some(Value::ServerError(error)) => return Err(Trouble::Refused(error.into())),
            _ => return Err(Trouble::Nonsense("CLUSTER SLOTS gave no list")),
        };
        let (mut owners, mut masters) = (vec![0; SLOTS], Vec::new());
        for range in &ranges {
            let (first, last, master) =
                read_range(range, node).ok_or(Trouble::Nonsense("CLUSTER SLOTS gave no ranges"))?;
            let place = masters.iter().position(|known| *known == master).unwrap_or_else(|| {
                masters.push(master);
                masters.len() - 1
            });
            let owner = u16::try_from(place + 1).unwrap_or_default();
            owners.get_mut(first..=last).ok_or(Trouble::Nonsense("there is no such slot"))?.fill(owner);
        }
        if masters.is_empty() {
            return Err(Trouble::Nonsense("the node belongs to no cluster"));
        }
        Ok((owners, masters))
    }

    fn map(&self) -> Arc<SlotMap> {
        Arc::clone(&self.map.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SlotMap {
    fn owner(&self, slot: u16) -> Option<&Address> {
        let place = usize::from(*self.owners.get(usize::from(slot))?).checked_sub(1)?;
        self.masters.get(place)
    }
}

/// First and last slot, and their master. A node that does not know its own name means the one that was asked.
fn read_range(range: &Value, asked: &Address) -> Option<(usize, usize, Address)> {
    let Value::Array(range) = range else { return None };
    let [Value::Int(first), Value::Int(last), Value::Array(master), ..] = range.as_slice() else {
        return None;
    };
    let [host, Value::Int(port), ..] = master.as_slice() else { return None };
    let host = match host {
        Value::BulkString(host) if !host.is_empty() => std::str::from_utf8(host).ok()?.to_owned(),
        _ => asked.host.clone(),
    };
    let port = u16::try_from(*port).ok()?;
    Some((usize::try_from(*first).ok()?, usize::try_from(*last).ok()?, Address { host, port }))
}
