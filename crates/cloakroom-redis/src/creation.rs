//! New sessions, and the ends of those that they replace.
//!
//! One server does it in one script. In a cluster the session to replace may be in another slot, as a visitor's nearly always
//! is, and everyone's epoch is in a slot of its own. Then it takes steps, in a task that a caller who gives up does
//! not stop:
//!
//! 1. The epoch is read. When it has moved since the sign-in began, that is fenced.
//! 2. The old session is *claimed*, at the version that was seen: a mark in its row that holds for [`CLAIM_MS`]. Whoever
//!    else asks for the row meanwhile, to load it too, waits for the end of the claim, so nobody sees the two sessions at
//!    once.
//! 3. The new session is inserted, under its subject's fence and cap. When that is refused, the claim is given up and nothing
//!    has changed.
//! 4. The epoch is read again. When it has moved, the new session is taken back, the claim given up, and the sign-in is
//!    fenced.
//! 5. The old session is ended by whoever still holds its claim. Only then the insert is done. When the claim is lost, since
//!    this process slept through it or a revocation of the old session's subject or of everyone ended the row, the new
//!    session is taken back and the insert says gone.
//!
//! **Why no sign-in that began before a revocation of everyone survives it.** The revocation moves the epoch first and walks
//! over all keys then. Where step 4 read the epoch after it had moved, the new session is taken back. Where it read
//! before, the insert of step 3 came earlier still, and the session was there when the walk began; a walk finds what is
//! there from its begin to its end, and ends it. When the walk was here before step 4, the session is gone already: it was
//! done, and the revocation has ended and counted it.
//!
//! **When this process dies** between the steps, nobody has been told that the insert is done. After step 2 the old
//! session is as before as soon as the claim has lapsed. After step 3 or 4 so is it, and the new one lives until its end, with a
//! token that nobody has. A second insert that replaces the same session waits for the first, and then finds it gone, or as
//! it was. When step 5 gets no answer in time, the insert is an error, and either of the two may be there, or both. A session
//! that the cap ended in step 3 stays ended when a later step takes the new one back.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cloakroom_core::store::{Cap, CapPolicy, Fence, Row, Seen, SubjectInserted};
use cloakroom_core::{SessionId, Subject, Timestamp};
use redis::Value;

use crate::answer::{UNKNOWN_ANSWER, octets, verdict};
use crate::error::Trouble;
use crate::inner::Inner;
use crate::keys::{Keys, slot};
use crate::router::Durability;
use crate::script::{self, Verdict};
use crate::sessions::moment;
use crate::value;

/// How long a claim holds, in milliseconds: many times what the steps take, and less than a caller waits.
const CLAIM_MS: u64 = 1_000;

/// A session to create.
pub(crate) struct Creation {
    pub(crate) id: SessionId,
    pub(crate) row: Row,
    pub(crate) replaces: Option<Seen>,
    pub(crate) terms: Option<Terms>,
}

/// Under which a sign-in creates its session.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) fence: Fence,
    pub(crate) cap: Option<Cap>,
    pub(crate) now: Timestamp,
}

/// Whether a script can end the session to replace as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Old {
    InTheScript,
    Elsewhere,
}

impl Terms {
    /// The epoch in which the sign-in began.
    fn epoch(&self) -> u32 {
        u32::try_from(self.fence.number() >> 32).unwrap_or_default()
    }

    /// The subject's fence when the sign-in began.
    const fn of_subject(&self) -> u64 {
        self.fence.number() & 0xffff_ffff
    }
}

impl Inner {
    pub(crate) async fn create(self: &Arc<Self>, creation: Creation) -> Result<SubjectInserted, Trouble> {
        let subject = creation.row.subject.as_ref();
        if subject.is_some_and(|subject| self.place(creation.id, subject) != creation.id) {
            return Err(Trouble::Misplaced);
        }
        let old = self.old_of(&creation);
        if self.router.is_one_server() || (old == Old::InTheScript && subject.is_none()) {
            return self.insert(&creation, old).await;
        }
        let inner = Arc::clone(self);
        let steps = tokio::spawn(async move { inner.in_steps(&creation, old).await });
        steps.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Trouble::Silent),
        })
    }

    fn old_of(&self, creation: &Creation) -> Old {
        let slot_of = |id| slot(&self.keys.session(id));
        let is_near = |seen: Seen| self.router.is_one_server() || slot_of(seen.id) == slot_of(creation.id);
        if creation.replaces.is_none_or(is_near) { Old::InTheScript } else { Old::Elsewhere }
    }

    async fn in_steps(&self, creation: &Creation, old: Old) -> Result<SubjectInserted, Trouble> {
        let subject = creation.row.subject.is_some();
        if subject && !self.is_current(creation).await? {
            return Ok(SubjectInserted::Fenced);
        }
        let claimed = creation.replaces.filter(|_| old == Old::Elsewhere);
        if let Some(seen) = claimed {
            match self.claim(seen, creation.id).await? {
                Verdict::Done => {}
                Verdict::Lost => return Ok(SubjectInserted::Lost),
                Verdict::Gone => return Ok(SubjectInserted::Gone),
                _ => return Err(UNKNOWN_ANSWER),
            }
        }
        let inserted = self.insert(creation, old).await;
        if !matches!(inserted, Ok(SubjectInserted::Done { .. })) {
            if let Some(seen) = claimed.filter(|_| inserted.as_ref().is_ok() || is_refusal(&inserted)) {
                self.release(seen, creation.id).await?;
            }
            return inserted;
        }
        if subject && !self.is_current(creation).await? && self.undo(creation.id).await? {
            if let Some(seen) = claimed {
                self.release(seen, creation.id).await?;
            }
            return Ok(SubjectInserted::Fenced);
        }
        if let Some(seen) = claimed
            && !self.finish(seen, creation.id).await?
        {
            self.undo(creation.id).await?;
            return Ok(SubjectInserted::Gone);
        }
        inserted
    }

    /// Whether everyone's epoch is still that in which the sign-in began.
    async fn is_current(&self, creation: &Creation) -> Result<bool, Trouble> {
        let epoch = self.epoch().await?;
        Ok(creation.terms.is_none_or(|terms| terms.epoch() == epoch))
    }

    async fn insert(&self, creation: &Creation, old: Old) -> Result<SubjectInserted, Trouble> {
        let Creation { id, row, replaces, terms } = creation;
        let subject = row.subject.as_ref();
        let replaces = replaces.filter(|_| old == Old::InTheScript);
        let asks_meta = subject.is_some() && self.router.is_one_server();
        let mut keys = vec![self.keys.session(*id)];
        if let Some(subject) = subject {
            keys.extend([self.keys.index(*id, subject), self.keys.fence(*id, subject)]);
        }
        keys.extend(replaces.map(|seen| self.keys.session(seen.id)));
        keys.extend(asks_meta.then(|| self.keys.meta.clone()));
        let cap = terms.and_then(|terms| terms.cap);
        let policy = match cap.map(|cap| cap.policy) {
            Some(CapPolicy::RefuseNew) => "refuse",
            Some(CapPolicy::EvictOldest) | None => "evict",
        };
        let arguments = [
            self.channel(),
            value::encode(row),
            moment(row.expires_at),
            subject.map(Subject::as_str).unwrap_or_default().into(),
            flag(replaces.is_some()),
            flag(asks_meta),
            replaces.map(|seen| text(seen.version.number())).unwrap_or_default(),
            self.place_key().to_hex().into_bytes(),
            terms.map(|terms| text(terms.epoch().into())).unwrap_or_default(),
            terms.map(|terms| text(terms.of_subject())).unwrap_or_default(),
            cap.map(|cap| text(sessions(cap.sessions_max))).unwrap_or_default(),
            policy.into(),
            moment(terms.map_or(Timestamp::EPOCH, |terms| terms.now)),
            Keys::member(*id),
            replaces.map(|seen| Keys::member(seen.id)).unwrap_or_default(),
        ];
        // What ends a session must not be undone, whoever's the new one is.
        let can_be_lost = subject.is_none() && replaces.is_none();
        let durability = if can_be_lost { Durability::Master } else { Durability::Replicas };
        let answer = self.settled(&script::INSERT, &keys, &arguments, durability).await?;
        match (verdict(&answer), answer) {
            (Some(Verdict::Done), Value::Array(parts)) => {
                let evicted =
                    parts.get(1).and_then(|members| siblings(*id, members)).ok_or(UNKNOWN_ANSWER)?;
                Ok(SubjectInserted::Done { evicted })
            }
            (Some(Verdict::Lost), _) => Ok(SubjectInserted::Lost),
            (Some(Verdict::Gone), _) => Ok(SubjectInserted::Gone),
            (Some(Verdict::Full), _) => Ok(SubjectInserted::Full),
            (Some(Verdict::Fenced), _) => Ok(SubjectInserted::Fenced),
            (Some(Verdict::Duplicate), _) => Err(Trouble::Duplicate),
            (Some(Verdict::Estranged), _) => {
                self.agree().await?;
                Err(Trouble::Estranged)
            }
            _ => Err(UNKNOWN_ANSWER),
        }
    }

    async fn claim(&self, seen: Seen, new: SessionId) -> Result<Verdict, Trouble> {
        let arguments = [text(seen.version.number()), claim_of(new), text(CLAIM_MS)];
        let keys = [self.keys.session(seen.id)];
        let answer = self.settled(&script::CLAIM, &keys, &arguments, Durability::Master).await?;
        verdict(&answer).ok_or(UNKNOWN_ANSWER)
    }

    async fn release(&self, seen: Seen, new: SessionId) -> Result<(), Trouble> {
        let keys = [self.keys.session(seen.id)];
        self.router.script(&script::RELEASE, &keys, &[claim_of(new)], Durability::Master).await.map(drop)
    }

    /// `false` when the claim was lost.
    async fn finish(&self, seen: Seen, new: SessionId) -> Result<bool, Trouble> {
        let (keys, arguments) =
            ([self.keys.session(seen.id)], [self.channel(), claim_of(new), Keys::member(seen.id)]);
        let answer = self.router.script(&script::FINISH, &keys, &arguments, Durability::Replicas).await?;
        Ok(verdict(&answer) == Some(Verdict::Done))
    }

    /// `false` when the session was gone already.
    async fn undo(&self, new: SessionId) -> Result<bool, Trouble> {
        let (keys, arguments) = ([self.keys.session(new)], [self.channel(), Keys::member(new)]);
        let answer = self.router.script(&script::UNDO, &keys, &arguments, Durability::Replicas).await?;
        Ok(verdict(&answer) == Some(Verdict::Done))
    }
}

/// The sessions that a script named as an index does, of one place.
pub(crate) fn siblings(place: SessionId, members: &Value) -> Option<Vec<SessionId>> {
    let Value::Array(members) = members else { return None };
    members.iter().map(|member| Keys::sibling(place, octets(member)?)).collect()
}

/// Whether nothing was written.
fn is_refusal(inserted: &Result<SubjectInserted, Trouble>) -> bool {
    match inserted {
        Ok(_) => false,
        Err(trouble) => {
            trouble.is_undone()
                || matches!(trouble, Trouble::Duplicate | Trouble::Misplaced | Trouble::Estranged)
        }
    }
}

/// What a claim is told apart by: the new ID is random, and used once.
fn claim_of(new: SessionId) -> Vec<u8> {
    new.as_octets()[..8].to_vec()
}

fn sessions(count: NonZeroUsize) -> u64 {
    u64::try_from(count.get()).unwrap_or(u64::MAX)
}

fn text(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn flag(is_set: bool) -> Vec<u8> {
    text(is_set.into())
}
