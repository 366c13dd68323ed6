//! The contract of a store in its plainest form, and what has been promised so far.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, START, alice, rules, secret};
use crate::ids::SessionId;
use crate::machine::{Answer, Call, IndexTerms, Judgement, judge};
use crate::record::Record;
use crate::store::{
    Cap, CapPolicy, Loaded, Revoked, Row, Seen, SubjectInserted, Swap, Touch, Touched, Version,
};
use crate::time::Timestamp;
use crate::token::SecretDigest;

/// What the store gets wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    ReplaceCreates,
    ReplaceIgnoresVersion,
    TouchCreates,
    FenceIgnored,
    CapIgnored,
}

/// Whether the store answers a question that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    /// It fails, and nothing happened.
    BeforeTheEffect,
    /// It fails, and what it was asked has happened all the same.
    AfterTheEffect,
}

#[derive(Clone)]
pub(super) struct World {
    pub(super) rows: BTreeMap<SessionId, (Row, Version)>,
    pub(super) last_seen_row: BTreeMap<SessionId, Row>,
    pub(super) revocations: u64,
    pub(super) now: Timestamp,
    pub(super) fault: Fault,
    pub(super) cap: Option<Cap>,
    pub(super) troubles_left: u8,
    pub(super) ended: BTreeSet<SessionId>,
    pub(super) minted: Vec<(SessionId, SecretDigest)>,
    pub(super) dead: Vec<(SessionId, SecretDigest)>,
    /// Sessions whose new token was lost in trouble: nobody holds it, and the old one is dead on purpose.
    pub(super) orphans: BTreeSet<SessionId>,
    pub(super) reauthentications: u32,
    pub(super) limit_moved: bool,
}

impl World {
    /// A store with one session of this record, long after anything was asked of it.
    pub(super) fn with(id: SessionId, record: &Record, fault: Fault) -> Self {
        let row = record.to_row(&rules().lifetime);
        Self {
            rows: BTreeMap::from([(id, (row.clone(), Version::FIRST))]),
            last_seen_row: BTreeMap::from([(id, row)]),
            revocations: 0,
            now: START,
            fault,
            cap: None,
            troubles_left: 0,
            ended: BTreeSet::new(),
            minted: vec![(id, secret(1).digest())],
            dead: Vec::new(),
            orphans: BTreeSet::new(),
            reauthentications: 0,
            limit_moved: false,
        }
    }

    /// The answer; `None` when the store fails.
    pub(super) fn ask(&mut self, call: Call, by: Action, trouble: Trouble) -> Option<Answer> {
        if trouble == Trouble::None || matches!(call, Call::Load(_) | Call::Reload(_)) {
            return Some(self.answer(call, by));
        }
        self.troubles_left -= 1;
        if trouble == Trouble::AfterTheEffect {
            let given = match (&call, by) {
                (Call::Insert { id, .. }, _) | (Call::Replace { id, .. }, Action::Reauthenticate) => {
                    Some(*id)
                }
                _ => None,
            };
            let answer = self.answer(call, by);
            let done = matches!(
                answer,
                Answer::Inserted(SubjectInserted::Done { .. }) | Answer::Swapped(Swap::Done(_))
            );
            self.orphans.extend(given.filter(|_| done));
        }
        None
    }

    fn answer(&mut self, call: Call, by: Action) -> Answer {
        match call {
            Call::Load(id) | Call::Reload(id) => {
                let loaded = self.rows.get(&id).cloned();
                Answer::Loaded(loaded.map(|(row, version)| Loaded { row, version }))
            }
            Call::Insert { id, row, replaces, index } => {
                let index = index.expect("the model has an index");
                Answer::Inserted(self.insert(id, *row, replaces, index))
            }
            Call::Replace { id, seen, row } => Answer::Swapped(self.replace(id, seen, *row, by)),
            Call::Touch { id, touch } => Answer::Touched(self.touch(id, touch)),
            Call::Revoke(id) => Answer::Revoked(if self.rows.contains_key(&id) {
                self.end(id);
                Revoked::Done
            } else {
                Revoked::Absent
            }),
        }
    }

    fn insert(
        &mut self,
        id: SessionId,
        row: Row,
        replaces: Option<Seen>,
        terms: IndexTerms,
    ) -> SubjectInserted {
        if terms.fence.number() < self.revocations && self.fault != Fault::FenceIgnored {
            return SubjectInserted::Fenced;
        }
        if let Some(seen) = replaces {
            match self.rows.get(&seen.id) {
                None => return SubjectInserted::Gone,
                Some((_, version)) if *version != seen.version => return SubjectInserted::Lost,
                Some(_) => {}
            }
        }
        let before = replaces.map(|seen| seen.id);
        let others = self.rows.keys().copied().filter(|of| Some(*of) != before);
        let mut evicted: Vec<_> = others.collect();
        match terms.cap.filter(|_| self.fault != Fault::CapIgnored) {
            Some(cap) if evicted.len() >= cap.sessions_max.get() => {
                if cap.policy == CapPolicy::RefuseNew {
                    return SubjectInserted::Full;
                }
                evicted.sort_by_key(|id| self.rows[id].0.created_at);
                evicted.truncate(evicted.len() + 1 - cap.sessions_max.get());
            }
            _ => evicted.clear(),
        }
        for ended in evicted.iter().copied().chain(before) {
            self.kill_tokens_of(ended);
            self.end(ended);
        }
        self.put(id, row, Version::FIRST);
        SubjectInserted::Done { evicted }
    }

    fn replace(&mut self, id: SessionId, seen: Version, mut row: Row, by: Action) -> Swap {
        let version = match self.rows.get(&id) {
            None if self.fault == Fault::ReplaceCreates => Version::FIRST,
            None => return Swap::Gone,
            Some((_, version)) if *version != seen && self.fault != Fault::ReplaceIgnoresVersion => {
                return Swap::Lost;
            }
            Some((old, version)) => {
                row.last_seen_at = row.last_seen_at.max(old.last_seen_at);
                row.expires_at = row.expires_at.max(old.expires_at);
                let proven = |row| Record::from_row(row).unwrap().proven_at();
                self.limit_moved |= proven(old) != proven(&row) && by != Action::Reauthenticate;
                version.next()
            }
        };
        if by == Action::Reauthenticate {
            self.reauthentications += 1;
            self.kill_tokens_of(id);
        }
        self.put(id, row, version);
        Swap::Done(version)
    }

    fn touch(&mut self, id: SessionId, touch: Touch) -> Touched {
        match self.rows.get_mut(&id) {
            Some((row, _)) => {
                row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
                row.expires_at = row.expires_at.max(touch.expires_at);
                Touched::Done
            }
            None if self.fault == Fault::TouchCreates && self.last_seen_row.contains_key(&id) => {
                self.put(id, self.last_seen_row[&id].clone(), Version::FIRST);
                Touched::Done
            }
            None => Touched::Gone,
        }
    }

    fn put(&mut self, id: SessionId, row: Row, version: Version) {
        self.last_seen_row.insert(id, row.clone());
        self.rows.insert(id, (row, version));
    }

    fn end(&mut self, id: SessionId) {
        self.rows.remove(&id);
        self.ended.insert(id);
    }

    fn kill_tokens_of(&mut self, id: SessionId) {
        self.dead.extend(self.minted.extract_if(.., |(of, _)| *of == id));
    }

    pub(super) fn revoke_subject(&mut self) {
        self.revocations += 1;
        let ids: Vec<_> = self.rows.keys().copied().collect();
        for id in ids {
            self.end(id);
        }
    }

    pub(super) fn judged(&self, id: SessionId, digest: &SecretDigest) -> Option<Judgement> {
        let (row, _) = self.rows.get(&id)?;
        Some(judge(&Record::from_row(row).unwrap(), digest, self.now, &rules()))
    }

    pub(super) fn violation(&self) -> Option<String> {
        if let Some(id) = self.rows.keys().find(|id| self.ended.contains(id)) {
            return Some(format!("invariant 3: {id} is back"));
        }
        for (id, digest) in &self.dead {
            if let Some(Judgement::Live(standing)) = self.judged(*id, digest) {
                return Some(format!("invariant 2: a token from before is {standing:?}"));
            }
        }
        if self.limit_moved {
            return Some(
                "invariant 5: something else than a reauthentication moved the absolute limit".into(),
            );
        }
        for (row, _) in self.rows.values() {
            let record = Record::from_row(row).unwrap();
            if row.expires_at > rules().lifetime.absolute_end(record.proven_at()) {
                return Some("invariant 5: a row outlives the absolute limit".into());
            }
        }
        let of_alice = self.rows.values().filter(|(row, _)| row.subject == Some(alice())).count();
        let over = self.cap.is_some_and(|cap| of_alice > cap.sessions_max.get());
        over.then(|| format!("the cap: alice has {of_alice} sessions"))
    }
}
