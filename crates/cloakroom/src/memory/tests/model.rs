//! The store held against a map and a list: any operations in any order give the same answers.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use cloakroom_core::store::{
    Cap, CapPolicy, ErrorKind, Fence, Insert, Inserted, Loaded, Revoked, Row, RowBody, Seen, Store,
    StoreError, SubjectIndex, SubjectInsert, SubjectInserted, Swap, Touch, Touched, Version,
};
use cloakroom_core::{SessionId, Timestamp};
use proptest::prelude::*;

use super::super::MemoryStore;
use super::support::{at, id, subject, wait};

const SUBJECTS: [&str; 3] = ["ann", "bob", "a name that is longer than all the others in here"];

#[derive(Clone, Debug)]
enum Step {
    Insert { id: SessionId, row: Row, replaces: Option<Seen> },
    SignIn { id: SessionId, row: Row, replaces: Option<Seen>, fence: u64, cap: Option<Cap> },
    Replace { seen: Seen, row: Row },
    Touch { id: SessionId, touch: Touch },
    Revoke { id: SessionId },
    RevokeSubject { of: &'static str, spare: Option<SessionId> },
    RevokeEveryone,
    Purge { now: Timestamp, rows_max: usize },
}

/// What is kept of a session, and a number that says which of two was inserted into its subject's list first.
struct Kept {
    loaded: Loaded,
    listed: u64,
}

#[derive(Default)]
struct Model {
    sessions: BTreeMap<SessionId, Kept>,
    revoked: BTreeMap<&'static str, u64>,
    revocations: u64,
    listed: u64,
}

impl Model {
    fn see(&self, seen: Seen) -> Result<(), Swap> {
        let kept = self.sessions.get(&seen.id).ok_or(Swap::Gone)?;
        if kept.loaded.version == seen.version { Ok(()) } else { Err(Swap::Lost) }
    }

    fn of(&self, subject: &str) -> Vec<SessionId> {
        let is =
            |kept: &Kept| kept.loaded.row.subject.as_ref().is_some_and(|other| other.as_str() == subject);
        let mut members: Vec<_> = self.sessions.iter().filter(|(_, kept)| is(kept)).collect();
        members.sort_by_key(|(_, kept)| (kept.loaded.row.created_at, kept.listed));
        members.into_iter().map(|(id, _)| *id).collect()
    }

    fn keep(&mut self, id: SessionId, row: Row) {
        self.listed += 1;
        let loaded = Loaded { row, version: Version::FIRST };
        self.sessions.insert(id, Kept { loaded, listed: self.listed });
    }

    /// `None` when the ID is taken.
    fn insert(&mut self, insert: Insert<'_>) -> Option<Inserted> {
        match insert.replaces.map_or(Ok(()), |seen| self.see(seen)) {
            Err(Swap::Gone) => return Some(Inserted::Gone),
            Err(_) => return Some(Inserted::Lost),
            Ok(()) if self.sessions.contains_key(&insert.id) => return None,
            Ok(()) => {}
        }
        if let Some(seen) = insert.replaces {
            self.sessions.remove(&seen.id);
        }
        self.keep(insert.id, insert.row.clone());
        Some(Inserted::Done)
    }

    fn sign_in(&mut self, sign_in: SubjectInsert<'_>) -> Option<SubjectInserted> {
        let SubjectInsert { insert, fence, cap, now } = sign_in;
        let of = insert.row.subject.as_ref().unwrap().as_str();
        if self.revoked.get(of).is_some_and(|revoked| *revoked > fence.number()) {
            return Some(SubjectInserted::Fenced);
        }
        let live = |id: &SessionId| {
            self.sessions[id].loaded.row.expires_at > now && insert.replaces.is_none_or(|seen| seen.id != *id)
        };
        let mut evicted: Vec<_> = self.of(of).into_iter().filter(live).collect();
        let sessions_max = cap.map_or(usize::MAX - 1, |cap| cap.sessions_max.get());
        evicted.truncate((evicted.len() + 1).saturating_sub(sessions_max));
        if !evicted.is_empty() && cap.is_some_and(|cap| cap.policy == CapPolicy::RefuseNew) {
            return Some(SubjectInserted::Full);
        }
        match self.insert(insert)? {
            Inserted::Lost => return Some(SubjectInserted::Lost),
            Inserted::Gone => return Some(SubjectInserted::Gone),
            Inserted::Done => {}
        }
        self.sessions.retain(|id, _| !evicted.contains(id));
        Some(SubjectInserted::Done { evicted })
    }

    fn replace(&mut self, seen: Seen, row: &Row) -> Swap {
        if let Err(swap) = self.see(seen) {
            return swap;
        }
        let kept = self.sessions.get_mut(&seen.id).unwrap();
        if kept.loaded.row.subject != row.subject {
            self.listed += 1;
            kept.listed = self.listed;
        }
        let old = std::mem::replace(&mut kept.loaded.row, row.clone());
        touch(&mut kept.loaded.row, Touch { last_seen_at: old.last_seen_at, expires_at: old.expires_at });
        kept.loaded.version = seen.version.next();
        Swap::Done(kept.loaded.version)
    }

    fn revoke(&mut self, of: &[&'static str]) {
        self.revocations += 1;
        self.revoked.extend(of.iter().map(|of| (*of, self.revocations)));
    }
}

fn touch(row: &mut Row, touch: Touch) {
    row.last_seen_at = row.last_seen_at.max(touch.last_seen_at);
    row.expires_at = row.expires_at.max(touch.expires_at);
}

fn perform(store: &MemoryStore, model: &mut Model, step: Step) {
    match step {
        Step::Insert { id, row, replaces } => {
            let insert = Insert { id, row: &row, replaces };
            assert_eq!(unless_duplicate(wait(store.insert(insert))), model.insert(insert));
        }
        Step::SignIn { id, row, replaces, fence, cap } => {
            let fence = Fence::from_number(fence.min(model.revocations));
            let insert =
                SubjectInsert { insert: Insert { id, row: &row, replaces }, fence, cap, now: row.created_at };
            assert_eq!(unless_duplicate(wait(store.insert_for_subject(insert))), model.sign_in(insert));
        }
        Step::Replace { seen, row } => {
            assert_eq!(wait(store.replace(seen.id, seen.version, &row)).unwrap(), model.replace(seen, &row));
        }
        Step::Touch { id, touch: by } => {
            let answer = wait(store.touch(id, by)).unwrap();
            match model.sessions.get_mut(&id) {
                Some(kept) => {
                    touch(&mut kept.loaded.row, by);
                    assert_eq!(answer, Touched::Done);
                }
                None => assert_eq!(answer, Touched::Gone),
            }
        }
        Step::Revoke { id } => {
            let expected = model.sessions.remove(&id).map_or(Revoked::Absent, |_| Revoked::Done);
            assert_eq!(wait(store.revoke(id)).unwrap(), expected);
        }
        Step::RevokeSubject { of, spare } => {
            model.revoke(&[of]);
            let mut ended = wait(store.revoke_subject(&subject(of), spare)).unwrap();
            let mut expected = model.of(of);
            expected.retain(|id| Some(*id) != spare);
            model.sessions.retain(|id, _| !expected.contains(id));
            ended.sort_unstable();
            expected.sort_unstable();
            assert_eq!(ended, expected);
        }
        Step::RevokeEveryone => {
            model.revoke(&SUBJECTS);
            assert_eq!(wait(store.revoke_everyone()).unwrap(), model.sessions.len() as u64);
            model.sessions.clear();
        }
        Step::Purge { now, rows_max } => purge(store, model, now, rows_max),
    }
}

/// `None` when the ID is taken.
fn unless_duplicate<T>(answer: Result<T, StoreError>) -> Option<T> {
    match answer {
        Err(error) if error.kind() == ErrorKind::Duplicate => None,
        answer => Some(answer.unwrap()),
    }
}

/// Which of the expired rows go first is the store's own choice.
fn purge(store: &MemoryStore, model: &mut Model, now: Timestamp, rows_max: usize) {
    let expired = |kept: &Kept| kept.loaded.row.expires_at <= now;
    let removable = model.sessions.values().filter(|kept| expired(kept)).count();
    assert_eq!(wait(store.purge(now, rows_max)).unwrap(), removable.min(rows_max));
    model.sessions.retain(|id, kept| {
        let remains = wait(store.load(*id)).unwrap().is_some();
        assert!(remains || expired(kept), "{id} was purged before its time");
        remains
    });
}

fn compare(store: &MemoryStore, model: &Model) {
    for id in all_ids() {
        let expected = model.sessions.get(&id).map(|kept| &kept.loaded);
        assert_eq!(store.load_now(id).unwrap().unwrap().as_ref(), expected);
    }
    for of in SUBJECTS {
        let listed: Vec<_> = wait(store.list(&subject(of))).unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(listed, model.of(of));
    }
}

fn compare_pages(store: &MemoryStore, model: &Model) {
    let page = wait(store.page(None, usize::MAX)).unwrap().sessions;
    let expected: Vec<_> = model.sessions.iter().map(|(id, kept)| (*id, kept.loaded.clone())).collect();
    assert_eq!((page, store.rows().unwrap()), (expected, model.sessions.len()));
}

fn all_ids() -> Vec<SessionId> {
    [0, 7, 255].into_iter().flat_map(|shard| (0..4).map(move |number| id(shard, number))).collect()
}

fn ids() -> impl Strategy<Value = SessionId> {
    prop::sample::select(all_ids())
}

fn rows() -> impl Strategy<Value = Row> {
    let of = prop::option::weighted(0.8, prop::sample::select(&SUBJECTS[..]));
    let len = prop::sample::select(vec![0_usize, 40, 50, 60, 90, 300, 1_500]);
    let span = prop::sample::select(vec![0_u64, 100, 5_000, 70_000, 10_000_000, u64::MAX / 2]);
    // Few moments, so that sessions often begin at the same one.
    let created = prop::sample::select(vec![0_u64, 1, 50_000, 100_000]);
    (of, len, created, span, any::<bool>()).prop_map(|(of, len, created, span, mapped)| Row {
        subject: of.map(subject),
        created_at: at(created),
        last_seen_at: at(created),
        expires_at: at(created + span),
        address: mapped.then_some([192, 0, 2, 7].into()),
        body: RowBody::from_slice(&vec![len.to_le_bytes()[0]; len]),
    })
}

fn seen() -> impl Strategy<Value = Seen> {
    (ids(), 1_u64..4).prop_map(|(id, version)| Seen { id, version: Version::from_number(version) })
}

fn steps() -> impl Strategy<Value = Step> {
    let cap = (1_usize..4, any::<bool>()).prop_map(|(sessions_max, evict)| Cap {
        sessions_max: NonZeroUsize::new(sessions_max).unwrap(),
        policy: if evict { CapPolicy::EvictOldest } else { CapPolicy::RefuseNew },
    });
    let signed_in = rows().prop_filter("a sign-in has a subject", |row| row.subject.is_some());
    let sign_in = (ids(), signed_in, prop::option::of(seen()), 0_u64..6, prop::option::of(cap));
    let purge = (0_u64..200_000, prop::sample::select(vec![0, 1, 3, usize::MAX]));
    prop_oneof![
        4 => (ids(), rows(), prop::option::of(seen()))
            .prop_map(|(id, row, replaces)| Step::Insert { id, row, replaces }),
        6 => sign_in.prop_map(|(id, row, replaces, fence, cap)| Step::SignIn { id, row, replaces, fence, cap }),
        6 => (seen(), rows()).prop_map(|(seen, row)| Step::Replace { seen, row }),
        3 => (ids(), 0_u64..200_000, any::<u64>()).prop_map(|(id, last_seen, expires)| Step::Touch {
            id,
            touch: Touch { last_seen_at: at(last_seen), expires_at: at(expires >> 20) },
        }),
        2 => ids().prop_map(|id| Step::Revoke { id }),
        1 => (prop::sample::select(&SUBJECTS[..]), prop::option::of(ids()))
            .prop_map(|(of, spare)| Step::RevokeSubject { of, spare }),
        1 => Just(Step::RevokeEveryone),
        2 => purge.prop_map(|(now, rows_max)| Step::Purge { now: at(now), rows_max }),
    ]
}

proptest! {
    #[test]
    fn any_operations_in_any_order_do_what_they_do_to_a_map(steps in prop::collection::vec(steps(), 1..80)) {
        let (store, mut model) = (MemoryStore::new(), Model::default());
        for step in steps {
            perform(&store, &mut model, step);
            compare(&store, &model);
        }
        compare_pages(&store, &model);
        wait(store.purge(Timestamp::MAX, usize::MAX)).unwrap();
        let mut dump = Vec::new();
        store.dump(&mut dump).unwrap();
        prop_assert!(dump.is_empty(), "every page is given back");
    }
}
