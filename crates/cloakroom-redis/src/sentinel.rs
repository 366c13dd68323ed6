//! The master that the sentinels name.

use std::sync::{Arc, PoisonError, RwLock};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use redis::Value;
use tokio::sync::Mutex;

use crate::error::Trouble;
use crate::link::Link;
use crate::options::{Address, RedisOptions};

/// A master under the eyes of sentinels.
pub(crate) struct Sentinel {
    options: RedisOptions,
    sentinels: Vec<Link>,
    master: String,
    current: RwLock<Option<(Address, Arc<Link>)>>,
    looking: Mutex<()>,
}

impl Sentinel {
    pub(crate) fn new(options: RedisOptions, sentinels: &[Address], master: String) -> Self {
        let link =
            |address| Link::new(options.connection_to_sentinel(address), options.trust(), options.patience);
        let sentinels = sentinels.iter().map(link).collect();
        Self { options, sentinels, master, current: RwLock::default(), looking: Mutex::default() }
    }

    /// The master, as of when it was last doubted.
    pub(crate) async fn link(&self) -> Result<Arc<Link>, Trouble> {
        if let Some(link) = self.known() {
            return Ok(link);
        }
        let _turn = self.looking.lock().await;
        if let Some(link) = self.known() {
            return Ok(link);
        }
        let address = self.look_up().await?;
        let link = Arc::new(Link::new(
            self.options.connection_to(&address),
            self.options.trust(),
            self.options.patience,
        ));
        is_master(&link).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some((address, Arc::clone(&link)));
        Ok(link)
    }

    /// This one may be master no longer: whoever comes next asks the sentinels.
    pub(crate) fn doubt(&self, link: &Arc<Link>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|(_, known)| Arc::ptr_eq(known, link)) {
            *current = None;
        }
    }

    /// The same, if nobody has to be asked.
    pub(crate) fn known(&self) -> Option<Arc<Link>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().map(|(_, link)| Arc::clone(link))
    }

    /// The first answer of any sentinel.
    async fn look_up(&self) -> Result<Address, Trouble> {
        let mut answers: FuturesUnordered<_> = self.sentinels.iter().map(|link| self.ask(link)).collect();
        let mut trouble = Trouble::Nonsense("no sentinel knows the master");
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(address) => return Ok(address),
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    async fn ask(&self, sentinel: &Link) -> Result<Address, Trouble> {
        let mut commands = redis::pipe();
        commands.cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master);
        let unknown = || Trouble::Nonsense("the sentinels know no master of this name");
        match sentinel.send(&commands, None).await?.into_iter().next() {
            Some(Value::Array(parts)) => read_address(&parts).ok_or_else(unknown),
            Some(Value::ServerError(error)) => Err(Trouble::Refused(error.into())),
            _ => Err(unknown()),
        }
    }
}

/// That a server believes to be master; one that was replaced may be the last to know.
async fn is_master(link: &Link) -> Result<(), Trouble> {
    let mut commands = redis::pipe();
    commands.cmd("ROLE");
    match link.send(&commands, None).await?.into_iter().next() {
        Some(Value::Array(role)) if role.first() == Some(&Value::BulkString(b"master".to_vec())) => Ok(()),
        Some(Value::ServerError(error)) => Err(Trouble::Refused(error.into())),
        _ => Err(Trouble::Unreachable(redis::RedisError::from((
            redis::ErrorKind::Client,
            "the sentinels name a server that is no master yet",
        )))),
    }
}

fn read_address(parts: &[Value]) -> Option<Address> {
    let [Value::BulkString(host), Value::BulkString(port)] = parts else { return None };
    let host = std::str::from_utf8(host).ok()?.to_owned();
    let port = std::str::from_utf8(port).ok()?.parse().ok()?;
    Some(Address { host, port })
}
