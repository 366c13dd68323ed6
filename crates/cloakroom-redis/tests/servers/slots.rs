//! Sessions whose slots move, and sessions that are replaced from one slot to another.

use std::time::Duration;

use cloakroom_core::SessionId;
use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Seen, Store as _, SubjectIndex as _, Touch, Touched, Version,
};
use cloakroom_test_servers::RedisCluster;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::support::{PATIENT, begin, fresh, id, kind, open, row, sign_in, subject, until_it_works};

fn tag(id: SessionId) -> String {
    id.to_string()[28..].to_owned()
}

/// An ID in the slot of another.
fn beside(other: SessionId, number: u64) -> SessionId {
    let mut octets = *id(number).as_octets();
    octets[14..].copy_from_slice(&other.as_octets()[14..]);
    SessionId::from_octets(octets)
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_found_while_their_slot_moves_and_lists_are_whole_or_late() {
    let cluster = RedisCluster::start().unwrap();
    let store = open(&cluster.url(), "connect_ms=10000&answer_ms=2000").await;
    let alice = subject("alice");
    let mut sessions = Vec::new();
    for number in 0..10 {
        sessions.push(sign_in(&store, &alice, number).await.unwrap());
    }
    let visitor = beside(sessions[0], 100);
    begin(&store, visitor).await;
    let slot = cluster.slot_of(&tag(visitor)).unwrap();
    let from = cluster.master_of(slot).unwrap();
    let to = (0..3).find(|place| *place != from).unwrap();

    let (node, alices) = (store.clone(), sessions.clone());
    let moving = tokio::task::spawn_blocking(move || {
        let half_way = || {
            Handle::current().block_on(async {
                let late = row(None).expires_at;
                for id in &alices {
                    assert_eq!(node.load(*id).await.unwrap(), fresh(Some(&subject("alice"))));
                    let touch = Touch { last_seen_at: row(None).last_seen_at, expires_at: late };
                    assert_eq!(node.touch(*id, touch).await.unwrap(), Touched::Done);
                }
                assert_eq!(node.load(visitor).await.unwrap(), fresh(None));
                // Half of the index's sessions are elsewhere: no list at all rather than half of one.
                assert_eq!(kind(node.list(&subject("alice")).await), ErrorKind::TimedOut);
                assert_eq!(kind(node.revoke_subject(&subject("alice"), None).await), ErrorKind::TimedOut);
            });
        };
        cluster.move_slot(slot, to, half_way).unwrap();
        cluster
    });
    let cluster = moving.await.unwrap();
    assert_eq!(cluster.master_of(slot), Some(to));
    let listed: Vec<_> = store.list(&alice).await.unwrap().into_iter().map(|(id, _)| id).collect();
    sessions.sort_unstable();
    assert_eq!(listed, sessions);
    let mut ended = store.revoke_subject(&alice, None).await.unwrap();
    ended.sort_unstable();
    assert_eq!(ended, sessions);
    for id in sessions {
        assert_eq!(store.load(id).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_revoked_though_a_slot_moves_meanwhile() {
    let cluster = RedisCluster::start().unwrap();
    let store = open(&cluster.url(), PATIENT).await;
    let alice = subject("alice");
    let mut sessions = Vec::new();
    for number in 0..200 {
        sessions.push(sign_in(&store, &alice, number).await.unwrap());
        begin(&store, id(1_000 + number)).await;
    }
    let slot = cluster.slot_of(&tag(sessions[0])).unwrap();
    let from = cluster.master_of(slot).unwrap();
    let to = (0..3).find(|place| *place != from).unwrap();
    let revoking = {
        let store = store.clone();
        tokio::spawn(async move { store.revoke_everyone().await })
    };
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.move_slot(slot, to, || {}).unwrap();
        cluster
    });
    let cluster = cluster.await.unwrap();
    revoking.await.unwrap().unwrap();
    for number in 0..200 {
        assert_eq!(store.load(sessions[usize::try_from(number).unwrap()]).await.unwrap(), None);
        assert_eq!(store.load(id(1_000 + number)).await.unwrap(), None);
    }
    drop(cluster);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_lapses_when_its_holder_cannot_go_on() {
    let cluster = RedisCluster::start().unwrap();
    let store = open(&cluster.url(), "connect_ms=500&answer_ms=500").await;
    let old = id(1);
    begin(&store, old).await;
    let place_of = |id: SessionId| cluster.master_of(cluster.slot_of(&tag(id)).unwrap()).unwrap();
    let far = (2..1_000).map(id).find(|id| place_of(*id) != place_of(old)).unwrap();
    let stuck = place_of(far);
    cluster.nodes()[stuck].pause();
    // The old session is claimed, and the new one goes nowhere.
    let seen = Some(Seen { id: old, version: Version::FIRST });
    let visitor = row(None);
    let inserted = store.insert(Insert { id: far, row: &visitor, replaces: seen }).await;
    assert!(inserted.unwrap_err().may_pass());
    let began = Instant::now();
    assert_eq!(until_it_works(async || store.load(old).await).await, fresh(None));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    cluster.nodes()[stuck].resume();
    // Whoever comes next replaces it as if nothing had been.
    let near = beside(old, 50);
    let replaced =
        until_it_works(async || store.insert(Insert { id: near, row: &visitor, replaces: seen }).await).await;
    assert_eq!(replaced, Inserted::Done);
    assert_eq!(until_it_works(async || store.load(old).await).await, None);
}
