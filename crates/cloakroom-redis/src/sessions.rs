//! What is done to one session.

use cloakroom_core::store::{Loaded, Revoked, Row, Swap, Touch, Touched, Version};
use cloakroom_core::{SessionId, Subject, Timestamp};
use redis::Value;

use crate::answer::{UNKNOWN_ANSWER, number, verdict};
use crate::error::Trouble;
use crate::inner::Inner;
use crate::keys::Keys;
use crate::router::Durability;
use crate::script::{self, Verdict};
use crate::value;

/// What a value that is no row is called.
pub(crate) const DAMAGED: Trouble = Trouble::Nonsense("the value of a session is damaged");

impl Inner {
    pub(crate) async fn load(&self, id: SessionId) -> Result<Option<Loaded>, Trouble> {
        let key = self.keys.session(id);
        let mut command = redis::cmd("GET");
        command.arg(&key);
        let mut answer = self.router.read(&key, &command).await?;
        if matches!(&answer, Value::BulkString(value) if value::is_claimed(value)) {
            answer = Box::pin(self.settled(&script::SETTLE, &[key], &[], Durability::Master)).await?;
        }
        match answer {
            Value::Nil => Ok(None),
            Value::BulkString(value) => value::decode(&value).map(Some).map_err(|_| DAMAGED),
            _ => Err(UNKNOWN_ANSWER),
        }
    }

    pub(crate) async fn touch(&self, id: SessionId, touch: Touch) -> Result<Touched, Trouble> {
        let arguments = [moment(touch.last_seen_at), moment(touch.expires_at)];
        let keys = [self.keys.session(id)];
        let answer = self.settled(&script::TOUCH, &keys, &arguments, Durability::Master).await?;
        match verdict(&answer) {
            Some(Verdict::Done) => Ok(Touched::Done),
            Some(Verdict::Gone) => Ok(Touched::Gone),
            _ => Err(UNKNOWN_ANSWER),
        }
    }

    pub(crate) async fn replace(&self, id: SessionId, seen: Version, row: &Row) -> Result<Swap, Trouble> {
        let mut keys = vec![self.keys.session(id)];
        if let Some(subject) = &row.subject {
            if self.place(id, subject) != id {
                return Err(Trouble::Misplaced);
            }
            keys.push(self.keys.index(id, subject));
        }
        let arguments = [
            self.channel(),
            seen.number().to_string().into_bytes(),
            value::address_flags(row.address).to_string().into_bytes(),
            moment(row.created_at),
            moment(row.last_seen_at),
            moment(row.expires_at),
            row.subject.as_ref().map(Subject::as_str).unwrap_or_default().into(),
            value::tail(row),
            Keys::member(id),
        ];
        let answer = self.settled(&script::REPLACE, &keys, &arguments, Durability::Replicas).await?;
        match (verdict(&answer), answer) {
            (Some(Verdict::Done), Value::Array(parts)) => {
                let version = parts.get(1).and_then(number).ok_or(UNKNOWN_ANSWER)?;
                Ok(Swap::Done(Version::from_number(version)))
            }
            (Some(Verdict::Lost), _) => Ok(Swap::Lost),
            (Some(Verdict::Gone), _) => Ok(Swap::Gone),
            _ => Err(UNKNOWN_ANSWER),
        }
    }

    pub(crate) async fn revoke(&self, id: SessionId) -> Result<Revoked, Trouble> {
        let keys = [self.keys.session(id)];
        let answer = self
            .settled(&script::REVOKE, &keys, &[self.channel(), Keys::member(id)], Durability::Replicas)
            .await?;
        match verdict(&answer) {
            Some(Verdict::Done) => Ok(Revoked::Done),
            Some(Verdict::Gone) => Ok(Revoked::Absent),
            _ => Err(UNKNOWN_ANSWER),
        }
    }
}

/// A time as scripts take it.
pub(crate) fn moment(time: Timestamp) -> Vec<u8> {
    time.as_millis().to_be_bytes().to_vec()
}
