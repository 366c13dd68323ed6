//! All sessions of a subject.

use cloakroom_core::store::{Fence, Loaded};
use cloakroom_core::{SessionId, Subject};
use redis::Value;

use crate::answer::{UNKNOWN_ANSWER, number, octets, verdict};
use crate::creation::siblings;
use crate::error::Trouble;
use crate::inner::Inner;
use crate::keys::{Keys, place_of};
use crate::router::Durability;
use crate::script::{self, Lua, Verdict};
use crate::sessions::DAMAGED;
use crate::value;

impl Inner {
    /// Everyone's epoch in the upper half, and the subject's fence in the lower.
    pub(crate) async fn fence(&self, subject: &Subject) -> Result<Fence, Trouble> {
        let key = self.keys.fence(place_of(self.place_key(), subject), subject);
        let mut command = redis::cmd("GET");
        command.arg(&key);
        let of_subject = self.router.read(&key, &command);
        // The fence of a subject stays where it was placed, so the two need not be of one moment: a revocation of
        // either that comes between them is one that came before the sign-in, or is seen by the insert.
        let (epoch, of_subject) = tokio::join!(self.epoch(), of_subject);
        let of_subject = match of_subject? {
            Value::Nil => 0,
            value => number(&value).ok_or(UNKNOWN_ANSWER)?,
        };
        Ok(Fence::from_number(u64::from(epoch?) << 32 | of_subject))
    }

    /// The oldest first, and of one age by their IDs.
    pub(crate) async fn list(&self, subject: &Subject) -> Result<Vec<(SessionId, Loaded)>, Trouble> {
        let (place, answer) = self.of_subject(&script::LIST, subject, Vec::new(), Durability::Master).await?;
        let Value::Array(parts) = answer else { return Err(UNKNOWN_ANSWER) };
        let [_, Value::Array(members), Value::Array(values)] = parts.as_slice() else {
            return Err(UNKNOWN_ANSWER);
        };
        let mut sessions = Vec::with_capacity(members.len());
        for (member, value) in members.iter().zip(values) {
            let id = octets(member).and_then(|member| Keys::sibling(place, member)).ok_or(UNKNOWN_ANSWER)?;
            let value = octets(value).ok_or(UNKNOWN_ANSWER)?;
            sessions.push((id, value::decode(value).map_err(|_| DAMAGED)?));
        }
        sessions.sort_by_key(|(id, loaded)| (loaded.row.created_at, *id));
        Ok(sessions)
    }

    pub(crate) async fn revoke_subject(
        &self,
        subject: &Subject,
        spare: Option<SessionId>,
    ) -> Result<Vec<SessionId>, Trouble> {
        // One in another place is none of this subject's.
        let spare = spare.filter(|id| self.place(*id, subject) == *id);
        let spare = spare.map(Keys::member).unwrap_or_default();
        let (place, answer) = self
            .of_subject(&script::REVOKE_SUBJECT, subject, vec![self.channel(), spare], Durability::Replicas)
            .await?;
        let Value::Array(parts) = answer else { return Err(UNKNOWN_ANSWER) };
        parts.get(1).and_then(|ended| siblings(place, ended)).ok_or(UNKNOWN_ANSWER)
    }

    /// Runs a script on the index and the fence of a subject, where all nodes place them.
    ///
    /// A store that was emptied may have another place key now. One server looks at it in the script; in a cluster it is
    /// asked for at the same time.
    async fn of_subject(
        &self,
        lua: &'static Lua,
        subject: &Subject,
        more: Vec<Vec<u8>>,
        durability: Durability,
    ) -> Result<(SessionId, Value), Trouble> {
        let place_key = self.place_key();
        let place = place_of(place_key, subject);
        let mut keys = vec![self.keys.index(place, subject), self.keys.fence(place, subject)];
        if self.router.is_one_server() {
            keys.push(self.keys.meta.clone());
        }
        let mut arguments = vec![place_key.to_hex().into_bytes()];
        arguments.extend(more);
        let script = self.router.script(lua, &keys, &arguments, durability);
        let answer = if self.router.is_one_server() {
            script.await?
        } else {
            let (epoch, answer) = tokio::join!(self.epoch(), script);
            epoch?;
            answer?
        };
        match verdict(&answer) {
            Some(Verdict::Done) => Ok((place, answer)),
            Some(Verdict::Estranged) => {
                self.agree().await?;
                Err(Trouble::Estranged)
            }
            _ => Err(UNKNOWN_ANSWER),
        }
    }
}
