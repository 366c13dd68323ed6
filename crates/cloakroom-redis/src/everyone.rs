//! The end of every session.
//!
//! First the epoch moves, so that every sign-in which began before loses (see `creation.rs` for why none slips through).
//! Then each server is walked over, and every session that is found ends together with the others of its subject, in one
//! step. A session that was there when the epoch moved is there at the begin of the walk, and a walk finds what is there
//! throughout; unless it changes servers: when a server was replaced or restarted, or a slot moved meanwhile, the walk is done
//! again. What begins during all this may end with it.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Trouble;
use crate::inner::Inner;
use crate::link::Link;
use crate::router::Durability;
use crate::scan::Walk;
use crate::script;

/// How often it is tried while the servers change.
const WALKS_MAX: u32 = 40;

/// Between two tries. A slot of a cluster moves in about so long, and so does a failover.
const PAUSE: Duration = Duration::from_millis(250);

/// What has come of it so far.
#[derive(Default)]
struct Progress {
    ended: u64,
    /// That replicas lack something; no reason to stop half-way, and none to call it done.
    short: Option<Trouble>,
}

impl Progress {
    fn note<T>(&mut self, written: Result<T, Trouble>) -> Result<(), Trouble> {
        match written {
            Err(trouble @ Trouble::TooFewReplicas { .. }) => {
                self.short = Some(trouble);
                Ok(())
            }
            written => written.map(drop),
        }
    }
}

impl Inner {
    /// How many sessions ended.
    pub(crate) async fn revoke_everyone(&self) -> Result<u64, Trouble> {
        let mut progress = Progress::default();
        let (keys, arguments) = ([self.keys.meta.clone()], [self.place_key().to_hex().into_bytes()]);
        let begun = self.router.script(&script::BEGIN_EPOCH, &keys, &arguments, Durability::Replicas);
        progress.note(begun.await)?;
        let mut trouble = Trouble::Nonsense("the servers change all the time");
        for _ in 0..WALKS_MAX {
            match self.end_all(&mut progress).await {
                Ok(true) => {
                    self.tell_everyone().await?;
                    return progress.short.map_or(Ok(progress.ended), Err);
                }
                Ok(false) => {}
                Err(error) => trouble = error,
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(trouble)
    }

    /// `false` when the servers changed meanwhile.
    async fn end_all(&self, progress: &mut Progress) -> Result<bool, Trouble> {
        let before = self.shape().await?;
        for (_, link) in self.router.masters().await? {
            self.end_all_of(&link, progress).await?;
        }
        let after = self.shape().await?;
        Ok(before == after && !after.is_moving())
    }

    async fn end_all_of(&self, link: &Arc<Link>, progress: &mut Progress) -> Result<(), Trouble> {
        let mut walk = Walk::begin(link).await?;
        let mut last = None;
        while let Some(keys) = walk.step(&self.keys).await? {
            last = keys.last().cloned().or(last);
            progress.ended += self.on_all(&script::SWEEP, keys, &[]).await?;
        }
        let Some(last) = last else { return Ok(()) };
        // What a replica has got includes all that was written before, on whichever connection.
        let mark = format!("{last}:mark");
        progress.note(self.router.script(&script::MARK, &[mark], &[], Durability::Replicas).await)
    }

    async fn tell_everyone(&self) -> Result<(), Trouble> {
        let mut command = redis::cmd("PUBLISH");
        command.arg(&self.keys.channel).arg(crate::changes::EVERYONE);
        self.router.read(&self.keys.meta, &command).await.map(drop)
    }
}
