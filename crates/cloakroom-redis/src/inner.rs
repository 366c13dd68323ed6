//! What all clones of a store share.

use std::sync::{Mutex, PoisonError, RwLock};

use cloakroom_core::{SessionId, Subject};
use redis::Value;

use crate::answer::{number, octets, verdict};
use crate::error::Trouble;
use crate::keys::{self, Keys, PlaceKey};
use crate::purging::Purging;
use crate::router::{Durability, Router, pause};
use crate::script::{self, Lua, Verdict};

/// How often a session that somebody is replacing is asked for again: longer than any claim lasts.
const TURNS_MAX: u32 = 64;

pub(crate) struct Inner {
    pub(crate) router: Router,
    pub(crate) keys: Keys,
    pub(crate) purging: Mutex<Option<Purging>>,
    place_key: RwLock<PlaceKey>,
}

impl Inner {
    pub(crate) fn new(router: Router, keys: Keys, place_key: PlaceKey) -> Self {
        Self { router, keys, purging: Mutex::default(), place_key: RwLock::new(place_key) }
    }

    pub(crate) fn place_key(&self) -> PlaceKey {
        *self.place_key.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn place(&self, id: SessionId, subject: &Subject) -> SessionId {
        keys::place(self.place_key(), id, subject)
    }

    pub(crate) fn channel(&self) -> Vec<u8> {
        self.keys.channel.clone().into_bytes()
    }

    /// Reads what all nodes have to agree on, or makes it when the store is empty; and the epoch.
    pub(crate) async fn agree(&self) -> Result<u32, Trouble> {
        let mine = self.place_key().to_hex().into_bytes();
        let keys = [self.keys.meta.clone()];
        let answer = self.router.script(&script::OPEN, &keys, &[mine], Durability::Replicas).await?;
        let (place_key, epoch) = meta(&answer).ok_or(Trouble::Nonsense("the meta key is not ours"))?;
        *self.place_key.write().unwrap_or_else(PoisonError::into_inner) = place_key;
        Ok(epoch)
    }

    /// The epoch, while all nodes place subjects by the key that we have.
    ///
    /// When the store was emptied, what is there now is adopted, and [`Trouble::Estranged`] says that what was
    /// placed before has to be placed again.
    pub(crate) async fn epoch(&self) -> Result<u32, Trouble> {
        let mut command = redis::cmd("HMGET");
        command.arg(&self.keys.meta).arg("key").arg("epoch");
        let answer = self.router.read(&self.keys.meta, &command).await?;
        if let Some((place_key, epoch)) = meta(&answer)
            && place_key == self.place_key()
        {
            return Ok(epoch);
        }
        let before = self.place_key();
        let epoch = self.agree().await?;
        if before == self.place_key() { Ok(epoch) } else { Err(Trouble::Estranged) }
    }

    /// Runs a script on a session until nobody else is replacing that.
    pub(crate) async fn settled(
        &self,
        lua: &'static Lua,
        keys: &[String],
        arguments: &[Vec<u8>],
        durability: Durability,
    ) -> Result<Value, Trouble> {
        for turn in 0..TURNS_MAX {
            let answer = self.router.script(lua, keys, arguments, durability).await?;
            if verdict(&answer) != Some(Verdict::Busy) {
                return Ok(answer);
            }
            pause(turn).await;
        }
        Err(Trouble::Silent)
    }
}

fn meta(answer: &Value) -> Option<(PlaceKey, u32)> {
    let Value::Array(fields) = answer else { return None };
    let [key, epoch] = fields.as_slice() else { return None };
    Some((PlaceKey::from_hex(octets(key)?)?, u32::try_from(number(epoch)?).ok()?))
}
