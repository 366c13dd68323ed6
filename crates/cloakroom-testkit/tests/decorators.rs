//! The decorators: they pass the suite while nothing is wrong, and go wrong as they are told.

use std::num::NonZeroU64;
use std::sync::Arc;

use cloakroom_core::store::{
    ErrorKind, Insert, Revoked, Row, RowBody, Store, SubjectIndex, SubjectInsert, Touch, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_testkit::counted::{Counted, Counts};
use cloakroom_testkit::faults::{Faulty, Mode};
use cloakroom_testkit::{Fixture, ModelStore, conformance_tests};

conformance_tests!(indexed: async || Fixture::new(Counted::new(Faulty::new(ModelStore::new()))));

const ID: SessionId = SessionId::from_octets([7; SessionId::LEN]);
const FIRST: NonZeroU64 = NonZeroU64::MIN;

fn row(subject: Option<&Subject>) -> Row {
    Row {
        subject: subject.cloned(),
        created_at: Timestamp::EPOCH,
        last_seen_at: Timestamp::EPOCH,
        expires_at: Timestamp::EPOCH,
        address: None,
        body: RowBody::new(),
    }
}

#[tokio::test]
async fn each_operation_counts_as_its_own() {
    let store = Counted::new(ModelStore::new());
    let counter = store.counter();
    let alice = Subject::new("alice").unwrap();
    let touch = Touch { last_seen_at: Timestamp::EPOCH, expires_at: Timestamp::EPOCH };

    let _ = store.load(ID).await.unwrap();
    let _ = store.insert(Insert { id: ID, row: &row(None), replaces: None }).await.unwrap();
    let _ = store.replace(ID, Version::FIRST, &row(None)).await.unwrap();
    let _ = store.touch(ID, touch).await.unwrap();
    let _ = store.revoke(ID).await.unwrap();
    store.purge(Timestamp::EPOCH, 1).await.unwrap();
    let fence = store.fence(&alice).await.unwrap();
    let insert = Insert { id: ID, row: &row(Some(&alice)), replaces: None };
    let sign_in = SubjectInsert { insert, fence, cap: None, now: Timestamp::EPOCH };
    let _ = store.insert_for_subject(sign_in).await.unwrap();
    store.list(&alice).await.unwrap();
    store.page(None, 1).await.unwrap();
    store.revoke_subject(&alice, None).await.unwrap();
    store.revoke_everyone().await.unwrap();

    let counts =
        Counts { loads: 1, inserts: 2, replaces: 1, touches: 1, revokes: 3, lists: 2, sweeps: 1, fences: 1 };
    assert_eq!(counter.counts(), counts);
}

#[tokio::test]
async fn a_load_that_must_wait_counts_once() {
    let faulty = Faulty::new(ModelStore::new());
    faulty.switch().set(Mode::Down);
    let store = Counted::new(faulty);
    assert!(store.load_now(ID).is_none());
    assert!(store.load(ID).await.is_err());
    assert_eq!(store.counter().counts(), Counts { loads: 1, ..Counts::default() });
}

#[tokio::test]
async fn a_store_that_is_down_fails_and_does_nothing() {
    let model = ModelStore::new();
    let store = Faulty::new(model.clone());
    store.switch().set(Mode::Down);
    assert!(store.load_now(ID).is_none(), "nothing gets past the trouble");
    let error = store.insert(Insert { id: ID, row: &row(None), replaces: None }).await.unwrap_err();
    assert_eq!((error.kind(), error.backend()), (ErrorKind::Unavailable, store.name()));
    assert_eq!(error.operation(), "insert");
    assert_eq!(model.state().sessions().count(), 0);
}

#[tokio::test]
async fn a_store_that_hangs_answers_when_it_is_told_to_go_on() {
    for (then, is_answered) in [(Mode::Ok, true), (Mode::Down, false)] {
        let store = Arc::new(Faulty::new(ModelStore::new()));
        let switch = store.switch();
        switch.set(Mode::Hang);
        assert!(store.load_now(ID).is_none(), "nothing gets past the trouble");
        let hanging = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.load(ID).await }
        });
        tokio::task::yield_now().await;
        assert!(!hanging.is_finished());
        switch.set(then);
        assert_eq!(hanging.await.unwrap().is_ok(), is_answered, "{then:?}");
    }
}

#[tokio::test]
async fn a_held_call_is_overtaken_by_those_after_it() {
    let store = Arc::new(Faulty::new(ModelStore::new()));
    let _ = store.insert(Insert { id: ID, row: &row(None), replaces: None }).await.unwrap();
    let held = store.switch().hold_call(FIRST);
    assert!(store.load_now(ID).is_none(), "the next call is the one to hold");
    let late = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.load(ID).await }
    });
    held.has_come().await;
    assert_eq!(store.revoke(ID).await.unwrap(), Revoked::Done);
    held.release();
    assert_eq!(late.await.unwrap().unwrap(), None);
}

#[tokio::test]
async fn random_failures_follow_from_their_seed_and_leave_half_of_the_effects() {
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let model = ModelStore::new();
        let store = Faulty::new(model.clone());
        store.switch().fail_at_random(11, NonZeroU64::new(2).unwrap());
        let mut failed = Vec::new();
        for octet in 0..100 {
            let id = SessionId::from_octets([octet; SessionId::LEN]);
            let answer = store.insert(Insert { id, row: &row(None), replaces: None }).await;
            failed.push(answer.is_err());
        }
        store.switch().fail_no_more();
        assert!(store.load(ID).await.is_ok());
        outcomes.push((failed, model.state()));
    }
    assert_eq!(outcomes[0], outcomes[1], "one seed, one course of events");
    let (failed, state) = &outcomes[0];
    let (failures, there) = (failed.iter().filter(|failed| **failed).count(), state.sessions().count());
    assert!((30..70).contains(&failures), "{failures} of 100 failed");
    assert!(there > 100 - failures && there < 100, "{there} took effect, of {failures} that failed");
}
