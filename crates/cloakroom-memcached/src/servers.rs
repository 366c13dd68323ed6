//! All servers, and which of them has which session.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cloakroom_core::SessionId;

use crate::error::Trouble;
use crate::link::{Link, Patience};
use crate::options::MemcachedOptions;
use crate::wire::{self, Cas, If, Item, Reply};

/// The servers of the list, each with a few connections.
pub(crate) struct Servers {
    all: Box<[Server]>,
    prefix: String,
    octets_max: usize,
}

/// One server.
pub(crate) struct Server {
    address: Arc<str>,
    /// What it is called when sessions are shared out.
    seed: u64,
    patience: Patience,
    links: Box<[Mutex<Link>]>,
    next: AtomicUsize,
}

/// What has become of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is written, and has this number.
    Done(Cas),
    /// There was an item where there must be none, or another than the one that was read.
    Refused,
    /// There is no such item.
    Gone,
}

impl Servers {
    pub(crate) fn start(options: &MemcachedOptions) -> Self {
        Self {
            all: options.servers.iter().map(|address| Server::start(address, options)).collect(),
            prefix: options.prefix.clone(),
            octets_max: options.item_octets_max,
        }
    }

    /// Asks each whether it is there.
    pub(crate) async fn greet(&self) -> Result<(), Trouble> {
        for server in &self.all {
            match server.ask(wire::ping()).await? {
                Reply::Here => {}
                other => return Err(server.strange(&other)),
            }
        }
        Ok(())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.all.iter()
    }

    /// The key of a session: the prefix and 32 hex digits, which is how logs show it too.
    pub(crate) fn key(&self, id: SessionId) -> String {
        format!("{}{id}", self.prefix)
    }

    /// The session of a key; `None` when it is not ours.
    pub(crate) fn session_of(&self, key: &str) -> Option<SessionId> {
        key.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// The server that has this session: that with the highest score (rendezvous hashing), so a server more or less moves no
    /// session but those that it has.
    ///
    /// Source: D. Thaler, C. Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998.
    fn of(&self, id: SessionId) -> &Server {
        let highest = self.all.iter().max_by_key(|server| server.score(id));
        highest.expect("options have at least one server")
    }

    pub(crate) async fn get(&self, id: SessionId) -> Result<Option<Item>, Trouble> {
        let server = self.of(id);
        match server.ask(wire::get(&self.key(id))).await? {
            Reply::Found(item) => Ok(Some(item)),
            Reply::Miss => Ok(None),
            other => Err(server.strange(&other)),
        }
    }

    pub(crate) async fn set(
        &self,
        id: SessionId,
        data: &[u8],
        expiry: i64,
        condition: If,
    ) -> Result<Written, Trouble> {
        let (server, octets_max) = (self.of(id), self.octets_max);
        // Memcached drops what the item held before when it finds the new one too large.
        if data.len() > octets_max {
            return Err(Trouble::TooLarge { octets: data.len(), octets_max });
        }
        match server.ask(wire::set(&self.key(id), data, expiry, condition)).await? {
            Reply::Done(Some(cas)) => Ok(Written::Done(cas)),
            Reply::NotStored | Reply::Changed => Ok(Written::Refused),
            Reply::NotFound => Ok(Written::Gone),
            other => Err(server.strange(&other)),
        }
    }

    pub(crate) async fn delete(&self, id: SessionId, unchanged: Option<Cas>) -> Result<Deleted, Trouble> {
        let server = self.of(id);
        match server.ask(wire::delete(&self.key(id), unchanged)).await? {
            Reply::Done(_) => Ok(Deleted::Done),
            Reply::NotFound => Ok(Deleted::Absent),
            Reply::Changed => Ok(Deleted::Changed),
            other => Err(server.strange(&other)),
        }
    }

    /// Deletes an item that nobody needs any more, without waiting for it.
    pub(crate) fn clear_away(&self, id: SessionId, unchanged: Cas) {
        drop(self.of(id).link().tell(wire::delete(&self.key(id), Some(unchanged))));
    }
}

/// What has become of an item that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deleted {
    Done,
    Absent,
    /// It is another than the one that was read.
    Changed,
}

impl Server {
    fn start(address: &str, options: &MemcachedOptions) -> Self {
        let (address, patience) = (Arc::<str>::from(address), options.patience);
        let link = || Mutex::new(Link::start(Arc::clone(&address), patience));
        Self {
            seed: fnv_1a(address.as_bytes()),
            links: std::iter::repeat_with(link).take(options.connections).collect(),
            next: AtomicUsize::new(0),
            patience,
            address,
        }
    }

    pub(crate) fn address(&self) -> &Arc<str> {
        &self.address
    }

    pub(crate) const fn patience(&self) -> Patience {
        self.patience
    }

    /// How much this server wants this session. The same for ever: sessions are found again by it.
    fn score(&self, id: SessionId) -> u64 {
        let (high, low) = id.as_octets().split_at(8);
        [high, low].into_iter().fold(self.seed, |score, half| mix(score ^ be_number(half)))
    }

    /// A connection that has not ended, another each time.
    fn link(&self) -> Link {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.links.len();
        let mut link = self.links[at].lock().unwrap_or_else(PoisonError::into_inner);
        if link.has_ended() {
            *link = Link::start(Arc::clone(&self.address), self.patience);
        }
        link.clone()
    }

    async fn ask(&self, command: Vec<u8>) -> Result<Reply, Trouble> {
        match self.link().ask(command.clone()).await {
            // It never left, so it has had no effect, and a new connection may take it.
            Err(Trouble::Unsent { .. }) => self.link().ask(command).await,
            answer => answer,
        }
    }

    fn strange(&self, reply: &Reply) -> Trouble {
        let address = Arc::clone(&self.address);
        match reply {
            Reply::Refused(answer) => Trouble::Refused { address, answer: answer.clone() },
            other => Trouble::Strange { address, answer: format!("{other:?}") },
        }
    }
}

fn be_number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

fn fnv_1a(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The finaliser of `SplitMix64`.
const fn mix(number: u64) -> u64 {
    let mixed = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn servers(names: &str) -> Servers {
        Servers::start(&format!("memcached://{names}").parse().unwrap())
    }

    fn id(number: u64) -> SessionId {
        let mut octets = [0; SessionId::LEN];
        octets[..8].copy_from_slice(&mix(number).to_le_bytes());
        octets[8..].copy_from_slice(&mix(!number).to_le_bytes());
        SessionId::from_octets(octets)
    }

    #[tokio::test]
    async fn sessions_are_shared_out_evenly_and_a_server_more_moves_only_its_own() {
        let (three, four) = (servers("a:1,b:1,c:1"), servers("a:1,b:1,d:1,c:1"));
        let (mut shares, mut moved) = (BTreeMap::<_, u32>::new(), 0);
        for id in (0..30_000).map(id) {
            let (before, after) = (three.of(id).address(), four.of(id).address());
            *shares.entry(before.to_string()).or_default() += 1;
            if before != after {
                assert_eq!(&**after, "d:1");
                moved += 1;
            }
        }
        assert!(shares.values().all(|share| (9_500..10_500).contains(share)), "{shares:?}");
        assert!((7_000..8_000).contains(&moved), "{moved} of 30,000 moved");
    }

    #[tokio::test]
    async fn where_a_session_is_stays_the_same_for_ever() {
        let servers = servers("a:1,b:1,c:1");
        let found: String = (0..12).map(|number| &servers.of(id(number)).address()[..1]).collect();
        assert_eq!(found, "abaacabcbabb");
    }

    #[tokio::test]
    async fn a_key_is_the_prefix_and_the_session_id() {
        let servers = servers("a:1");
        let id = SessionId::from_octets([0xa5; 16]);
        assert_eq!(servers.key(id), "cr.a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
        assert_eq!(servers.session_of(&servers.key(id)), Some(id));
        assert_eq!(servers.session_of("other.a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"), None);
    }
}
