//! Orders of sign-ins and revocations that nobody thought of.

use std::collections::BTreeMap;

use cloakroom_core::store::{
    ErrorKind, Fence, Insert, Row, Seen, SubjectIndex, SubjectInsert, SubjectInserted, Swap, Version,
};
use cloakroom_core::{SessionId, Subject};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::{Harness, or_duplicate};
use crate::conformance::index::questions::{Terms, evicting, refusing};
use crate::conformance::samples::{alice, at, bob, end, later, row_of_at};
use crate::entropy::Seeded;
use crate::model::State;

const PROMISE: Promise = Promise("Whatever the order of operations, each is answered as the contract says.");

pub(crate) async fn any_order_of_sign_ins_and_revocations_is_answered_as_by_the_model<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let mut walk = Walk { dice: Seeded::new(5), state: State::default(), fences: BTreeMap::new(), born: 0 };
    for _ in 0..500 {
        walk.step(&h).await?;
    }
    let all = walk.state.sessions().map(|(id, loaded)| (id, loaded.clone())).collect();
    PROMISE.gives("all sessions in the end", h.walk(10_000).await?, all)
}

/// A random walk of the store beside the model.
struct Walk {
    dice: Seeded,
    state: State,
    /// The last fence of each subject: as the store counts, and as the model does.
    fences: BTreeMap<Subject, (Fence, Fence)>,
    /// Each session begins at a moment of its own, so that the oldest is one.
    born: u64,
}

impl Walk {
    async fn step<S: SubjectIndex>(&mut self, h: &Harness<S>) -> Outcome {
        let subject = if self.dice.below(2) == 0 { alice() } else { bob() };
        let one = h.id_of(&subject, self.dice.below(12));
        match self.dice.below(22) {
            0..9 => self.sign_in(h, &subject, one).await,
            9 | 10 => {
                let fences = (h.fence(&subject).await?, self.state.revocations.fence());
                self.fences.insert(subject, fences);
                Ok(())
            }
            11 | 12 => {
                let answer = h.store().revoke(one).await?;
                PROMISE.gives("revoke", answer, self.state.revoke(one))
            }
            13 => {
                let own = self.state.sessions_of(&subject).into_iter().map(|(id, _)| id).next();
                let spare = if self.dice.below(3) == 0 { Some(one) } else { own };
                let mut ended = h.store().revoke_subject(&subject, spare).await?;
                let mut right = self.state.revoke_subject(&subject, spare);
                ended.sort_unstable();
                right.sort_unstable();
                PROMISE.gives(&format!("revoke_subject of {subject} but {spare:?}"), ended, right)
            }
            14 if self.dice.below(3) == 0 => {
                let answer = h.store().revoke_everyone().await?;
                PROMISE.gives("revoke_everyone", answer, self.state.revoke_everyone())
            }
            15 => {
                let touch = later(self.dice.below(400));
                let answer = h.store().touch(one, touch).await?;
                PROMISE.gives("touch", answer, self.state.touch(one, touch))
            }
            16 => {
                let now = end(self.dice.below(400));
                let answer = h.store().purge(now, usize::MAX).await?;
                PROMISE.gives("purge", answer, self.state.purge(now, usize::MAX))
            }
            17 => {
                let all = self.state.sessions().map(|(id, loaded)| (id, loaded.clone())).collect();
                PROMISE.gives("all sessions", h.walk(5).await?, all)
            }
            18 => {
                let (row, seen) = (self.row(&subject), self.seen(one));
                let row = Row { subject: self.state.load(one).and_then(|loaded| loaded.row.subject), ..row };
                let answer = h.store().replace(one, seen.version, &row).await?;
                let version = if let Swap::Done(version) = answer { version } else { seen.version.next() };
                PROMISE.gives("replace", answer, self.state.write(one, seen.version, version, &row))
            }
            19 => {
                let visitor = Row { subject: None, ..self.row(&subject) };
                let insert = Insert { id: one, row: &visitor, replaces: None };
                let answer = or_duplicate(h.store().insert(insert).await)?;
                PROMISE.gives("insert", answer, self.state.insert(insert).map_err(|_| ErrorKind::Duplicate))
            }
            _ => PROMISE.gives("list", h.list(&subject).await?, self.state.sessions_of(&subject)),
        }
    }

    async fn sign_in<S: SubjectIndex>(
        &mut self,
        h: &Harness<S>,
        subject: &Subject,
        id: SessionId,
    ) -> Outcome {
        let now_of_model = self.state.revocations.fence();
        let (fence, fence_of_model) = match self.fences.get(subject) {
            Some(fences) if self.dice.below(2) == 0 => *fences,
            _ => (h.fence(subject).await?, now_of_model),
        };
        let row = self.row(subject);
        let terms = self.terms(h, fence);
        let Terms { replaces, cap, now, .. } = terms;
        let insert = Insert { id, row: &row, replaces };
        let answer =
            or_duplicate(h.store().insert_for_subject(SubjectInsert { insert, fence, cap, now }).await)?;
        let sign_in = SubjectInsert { insert, fence: fence_of_model, cap, now };
        let reasons = self.reasons_against(sign_in);
        let right = self.state.insert_for_subject(sign_in);
        // Which of several reasons is given is the store's choice.
        if reasons > 1 {
            let is_refused = !matches!(answer, Ok(SubjectInserted::Done { .. }));
            return PROMISE.holds(is_refused, format_args!("sign-in that must be refused: {answer:?}"));
        }
        let right = right.map_err(|_| ErrorKind::Duplicate);
        PROMISE.gives(&format!("sign-in of {subject}, {terms:?}"), answer, right)
    }

    /// How many reasons there are to refuse it.
    fn reasons_against(&self, sign_in: SubjectInsert<'_>) -> usize {
        let mut reasons = 0;
        let plain = SubjectInsert { fence: self.state.revocations.fence(), cap: None, ..sign_in };
        let alone = Insert { replaces: None, ..sign_in.insert };
        let free = Insert { id: SessionId::from_octets([0xee; SessionId::LEN]), ..alone };
        let trials = [
            SubjectInsert { insert: alone, ..plain },
            SubjectInsert { insert: Insert { replaces: sign_in.insert.replaces, ..free }, ..plain },
            SubjectInsert { insert: free, fence: sign_in.fence, ..plain },
            SubjectInsert { insert: free, cap: sign_in.cap, ..plain },
        ];
        for trial in trials {
            let answer = self.state.clone().insert_for_subject(trial);
            reasons += usize::from(!matches!(answer, Ok(SubjectInserted::Done { .. })));
        }
        reasons
    }

    fn terms<S: SubjectIndex>(&self, h: &Harness<S>, fence: Fence) -> Terms {
        let owner = if self.dice.below(2) == 0 { alice() } else { bob() };
        let replaces = (self.dice.below(3) == 0).then(|| self.seen(h.id_of(&owner, self.dice.below(12))));
        let cap = match self.dice.below(4) {
            0 => Some(evicting(2)),
            1 => Some(evicting(4)),
            2 => Some(refusing(3)),
            _ => None,
        };
        Terms { fence, replaces, cap, now: end(self.dice.below(300)) }
    }

    /// A session at its version, or at its first one.
    fn seen(&self, id: SessionId) -> Seen {
        let version = self.state.load(id).map_or(Version::FIRST, |loaded| loaded.version);
        Seen { id, version: if self.dice.below(4) == 0 { Version::FIRST } else { version } }
    }

    fn row(&mut self, subject: &Subject) -> Row {
        self.born += 1;
        Row {
            expires_at: end(self.dice.below(400)),
            created_at: at(self.born),
            ..row_of_at(subject, self.born)
        }
    }
}
