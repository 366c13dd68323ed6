//! Requests to whichever server has the keys: redirections, failovers, forgotten scripts, and no second try in doubt.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis::{Cmd, Pipeline, RedisError, Value};

use crate::cluster::Cluster;
use crate::error::Trouble;
use crate::keys::slot;
use crate::link::{Link, Patience};
use crate::options::{Address, RedisOptions, Replicas, Servers};
use crate::script::Lua;
use crate::sentinel::Sentinel;

/// How often a request is sent before it is given up: redirections, and waits for a slot on the move.
const TURNS_MAX: u32 = 64;

/// All servers, as one.
pub(crate) struct Router {
    nodes: Nodes,
    patience: Patience,
    replicas: Option<Replicas>,
    turns: AtomicUsize,
}

enum Nodes {
    One(Arc<Link>),
    Sentinel(Box<Sentinel>),
    Cluster(Arc<Cluster>),
}

/// What must be so before a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The master has it.
    Master,
    /// As many replicas as were configured have it, too.
    Replicas,
}

/// Whether a request may be sent again when it is unknown what became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Freely,
    Never,
}

impl Router {
    pub(crate) fn new(options: &RedisOptions) -> Self {
        let nodes = match &options.servers {
            Servers::One(address) => Nodes::One(Arc::new(Link::new(
                options.connection_to(address),
                options.trust(),
                options.patience,
            ))),
            Servers::Sentinel { sentinels, master } => {
                Nodes::Sentinel(Box::new(Sentinel::new(options.clone(), sentinels, master.clone())))
            }
            Servers::Cluster(seeds) => Nodes::Cluster(Arc::new(Cluster::new(options.clone(), seeds.clone()))),
        };
        Self { nodes, patience: options.patience, replicas: options.replicas, turns: AtomicUsize::new(0) }
    }

    /// Whether keys of any slots can be in one script.
    pub(crate) const fn is_one_server(&self) -> bool {
        !matches!(self.nodes, Nodes::Cluster(_))
    }

    /// Runs a script where its keys are.
    pub(crate) async fn script(
        &self,
        lua: &'static Lua,
        keys: &[String],
        arguments: &[Vec<u8>],
        durability: Durability,
    ) -> Result<Value, Trouble> {
        let replicas = self.replicas.filter(|_| durability == Durability::Replicas);
        let commands = |by_text| {
            let mut commands = redis::pipe();
            commands.add_command(lua.call(keys, arguments, by_text));
            if let Some(Replicas { count, wait }) = replicas {
                // In the same write, so that it costs no round trip of its own and waits for this very script.
                commands.cmd("WAIT").arg(count).arg(wait.as_millis().to_string());
            }
            commands
        };
        let request = Request {
            slot: slot(&keys[0]),
            commands: &commands,
            may_follow_ask: lua.may_follow_ask,
            repeat: Repeat::Never,
            waits: replicas.map(|replicas| replicas.wait),
        };
        let mut answers = self.converse(&request).await?.into_iter();
        let answer = answers.next().ok_or(Trouble::Nonsense("a script was not answered"))?;
        if let Some(Replicas { count, .. }) = replicas {
            enough_replicas(answers.next().as_ref(), count)?;
        }
        Ok(answer)
    }

    /// Asks something that changes nothing.
    pub(crate) async fn read(&self, key: &str, command: &Cmd) -> Result<Value, Trouble> {
        let slot = slot(key);
        let (link, number) = (self.link_for(slot).await?, self.map_number());
        match link.ask(command).await {
            Ok(Value::ServerError(_)) => {}
            Ok(answer) => return Ok(answer),
            Err(trouble) => {
                self.doubt(&link, number);
                if matches!(trouble, Trouble::Silent) {
                    return Err(trouble);
                }
            }
        }
        let commands = |_| {
            let mut commands = redis::pipe();
            commands.add_command(command.clone());
            commands
        };
        let request =
            Request { slot, commands: &commands, may_follow_ask: true, repeat: Repeat::Freely, waits: None };
        let answers = Box::pin(self.converse(&request)).await?;
        answers.into_iter().next().ok_or(Trouble::Nonsense("a command was not answered"))
    }

    /// Every server that has keys and is no replica, by the first slot that it has.
    pub(crate) async fn masters(&self) -> Result<BTreeMap<u16, Arc<Link>>, Trouble> {
        match &self.nodes {
            Nodes::One(link) => Ok(BTreeMap::from([(0, Arc::clone(link))])),
            Nodes::Sentinel(sentinel) => Ok(BTreeMap::from([(0, sentinel.link().await?)])),
            Nodes::Cluster(cluster) => cluster.masters().await,
        }
    }

    /// Sends commands to one server, whatever the keys.
    pub(crate) async fn tell(&self, link: &Arc<Link>, commands: &Pipeline) -> Result<Vec<Value>, Trouble> {
        let number = self.map_number();
        let answers = link.send(commands, None).await.inspect_err(|_| self.doubt(link, number))?;
        refusal(&answers).map_or(Ok(answers), |error| Err(Trouble::Refused(error)))
    }

    /// A server at which a channel can be subscribed to; another one after each failure.
    pub(crate) async fn listener(&self) -> Result<Arc<Link>, Trouble> {
        match &self.nodes {
            Nodes::One(link) => Ok(Arc::clone(link)),
            Nodes::Sentinel(sentinel) => sentinel.link().await,
            Nodes::Cluster(cluster) => Ok(cluster.any(self.turns.fetch_add(1, Ordering::Relaxed))),
        }
    }

    /// Takes a server for no longer what it was.
    pub(crate) fn distrust(&self, link: &Arc<Link>) {
        self.doubt(link, self.map_number());
    }

    async fn converse(&self, request: &Request<'_>) -> Result<Vec<Value>, Trouble> {
        let limit = self.patience.answer + self.patience.answer / 2 + request.waits.unwrap_or_default();
        tokio::time::timeout(limit, self.turn_by_turn(request)).await.unwrap_or(Err(Trouble::Silent))
    }

    async fn turn_by_turn(&self, request: &Request<'_>) -> Result<Vec<Value>, Trouble> {
        let mut place = self.link_for(request.slot).await?;
        let (mut by_text, mut asking, mut failures) = (false, false, 0);
        for turn in 0..TURNS_MAX {
            let number = self.map_number();
            let answers = place.send(&request.with(by_text, asking), request.waits).await;
            let next = match answers {
                Ok(mut answers) => {
                    if asking {
                        answers.remove(0);
                    }
                    match refusal(&answers) {
                        None => return Ok(answers),
                        Some(error) => Next::after(error),
                    }
                }
                Err(trouble) => {
                    self.doubt(&place, number);
                    let again = trouble.is_undone() || request.repeat == Repeat::Freely;
                    failures += 1;
                    if !again || failures > 1 || matches!(trouble, Trouble::Silent) {
                        return Err(trouble);
                    }
                    self.learn_after(number).await?;
                    let other = self.link_for(request.slot).await?;
                    if trouble.is_undone() && Arc::ptr_eq(&other, &place) {
                        return Err(trouble);
                    }
                    place = other;
                    asking = false;
                    continue;
                }
            };
            asking = false;
            match next {
                Next::ByText => by_text = true,
                Next::Moved(slot, address) => place = self.moved(slot, &address, number).await?,
                Next::Ask(address) if request.may_follow_ask => {
                    place = self.at(&address).await?;
                    asking = true;
                }
                Next::Ask(_) | Next::Wait => {
                    pause(turn).await;
                    place = self.link_for(request.slot).await?;
                }
                Next::Elsewhere(error) => {
                    self.doubt(&place, number);
                    failures += 1;
                    if failures > 2 {
                        return Err(Trouble::Refused(error));
                    }
                    pause(turn).await;
                    self.learn_after(number).await?;
                    place = self.link_for(request.slot).await?;
                }
                Next::GiveUp(error) => {
                    if matches!(error.code(), Some("CLUSTERDOWN" | "LOADING" | "MASTERDOWN")) {
                        self.doubt(&place, number);
                    }
                    return Err(Trouble::Refused(error));
                }
            }
        }
        Err(Trouble::Silent)
    }

    async fn link_for(&self, slot: u16) -> Result<Arc<Link>, Trouble> {
        match &self.nodes {
            Nodes::One(link) => Ok(Arc::clone(link)),
            // What is rare is boxed: the room for it would make every read's future larger than what a malloc has at hand.
            Nodes::Sentinel(sentinel) => match sentinel.known() {
                Some(link) => Ok(link),
                None => Box::pin(sentinel.link()).await,
            },
            Nodes::Cluster(cluster) => match cluster.known(slot) {
                Some(link) => Ok(link),
                None => Box::pin(cluster.link_for(slot)).await,
            },
        }
    }

    async fn at(&self, address: &Address) -> Result<Arc<Link>, Trouble> {
        match &self.nodes {
            Nodes::Cluster(cluster) => Ok(cluster.link(address)),
            _ => self.link_for(0).await,
        }
    }

    async fn moved(&self, slot: u16, address: &Address, number: u64) -> Result<Arc<Link>, Trouble> {
        if let Nodes::Cluster(cluster) = &self.nodes {
            cluster.moved(slot, address);
            // One slot has moved, so others may have: the rest is learned beside this request.
            let cluster = Arc::clone(cluster);
            tokio::spawn(async move { cluster.learn_after(number).await });
        }
        self.at(address).await
    }

    fn doubt(&self, link: &Arc<Link>, number: u64) {
        match &self.nodes {
            Nodes::One(_) => {}
            Nodes::Sentinel(sentinel) => sentinel.doubt(link),
            Nodes::Cluster(cluster) => {
                let cluster = Arc::clone(cluster);
                tokio::spawn(async move { cluster.learn_after(number).await });
            }
        }
    }

    fn map_number(&self) -> u64 {
        match &self.nodes {
            Nodes::Cluster(cluster) => cluster.number(),
            _ => 0,
        }
    }

    async fn learn_after(&self, number: u64) -> Result<(), Trouble> {
        match &self.nodes {
            Nodes::Cluster(cluster) => cluster.learn_after(number).await,
            _ => Ok(()),
        }
    }
}

struct Request<'a> {
    slot: u16,
    /// The commands, with the scripts' texts or their digests.
    commands: &'a (dyn Fn(bool) -> Pipeline + Sync),
    may_follow_ask: bool,
    repeat: Repeat,
    waits: Option<Duration>,
}

impl Request<'_> {
    fn with(&self, by_text: bool, asking: bool) -> Pipeline {
        let commands = (self.commands)(by_text);
        if !asking {
            return commands;
        }
        let mut asked = redis::pipe();
        asked.cmd("ASKING");
        for command in commands.cmd_iter() {
            asked.add_command(command.clone());
        }
        asked
    }
}

/// What to do about a refusal; in all of these cases nothing was done.
enum Next {
    /// The server does not know the script.
    ByText,
    Moved(u16, Address),
    Ask(Address),
    /// The slot is on the move.
    Wait,
    /// The server is a replica, or has not got the slot.
    Elsewhere(RedisError),
    GiveUp(RedisError),
}

impl Next {
    fn after(error: RedisError) -> Self {
        let detail = error.detail().unwrap_or_default();
        let target = || {
            let (slot, address) = detail.split_once(' ')?;
            Some((slot.parse().ok()?, Address::parse(address)?))
        };
        match error.code() {
            Some("NOSCRIPT") => Self::ByText,
            Some("MOVED") => match target() {
                Some((slot, address)) => Self::Moved(slot, address),
                // A node that does not tell where: the map of all slots has it.
                None => Self::Elsewhere(error),
            },
            Some("ASK") => target().map_or(Self::Wait, |(_, address)| Self::Ask(address)),
            Some("TRYAGAIN") => Self::Wait,
            Some("READONLY") => Self::Elsewhere(error),
            // Older servers wrap what a script ran into.
            _ if detail.contains("READONLY You can't write") => Self::Elsewhere(error),
            _ if detail.contains("non local key") => Self::Wait,
            _ => Self::GiveUp(error),
        }
    }
}

fn refusal(answers: &[Value]) -> Option<RedisError> {
    answers.iter().find_map(|answer| match answer {
        Value::ServerError(error) => Some(error.clone().into()),
        _ => None,
    })
}

fn enough_replicas(answer: Option<&Value>, wanted: u32) -> Result<(), Trouble> {
    match answer {
        Some(Value::Int(acknowledged)) if *acknowledged >= i64::from(wanted) => Ok(()),
        Some(Value::Int(acknowledged)) => {
            Err(Trouble::TooFewReplicas { acknowledged: *acknowledged, wanted })
        }
        _ => Err(Trouble::Nonsense("WAIT gave no number")),
    }
}

/// A moment, longer from turn to turn: 1 to 32 milliseconds.
pub(crate) async fn pause(turn: u32) {
    tokio::time::sleep(Duration::from_millis(1 << turn.min(5))).await;
}
