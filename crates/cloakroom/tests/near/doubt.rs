//! Calls whose outcome nobody knows.

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cloakroom::store::{
    Cap, CapPolicy, Insert, Store, SubjectIndex, SubjectInsert, SubjectInserted, Touch, Version,
};
use cloakroom::{NearCache, SessionId};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::faults::{Faulty, Switch};

use crate::support::{alice, begin, clock, id, is_there, memory_says, near, row};

type Cache = NearCache<Faulty<ModelStore>>;

/// A cache with a copy of each of these sessions, and what makes its calls fail.
async fn with_copies(ids: &[SessionId]) -> (Arc<Cache>, Switch, ModelStore) {
    let model = ModelStore::new();
    let faulty = Faulty::new(model.clone());
    let switch = faulty.switch();
    let cache = near(faulty, &clock());
    for id in ids {
        begin(&cache, *id).await;
        assert!(is_there(&cache, *id).await);
    }
    (Arc::new(cache), switch, model)
}

fn touch() -> Touch {
    Touch { last_seen_at: row().last_seen_at, expires_at: row().expires_at }
}

/// The next calls fail, before or after their effect, as lots decide.
fn fail(switch: &Switch, seed: u64) {
    switch.fail_at_random(seed, NonZeroU64::MIN);
}

#[tokio::test]
async fn a_call_that_failed_leaves_no_copy_of_what_it_was_about() {
    for seed in 0..20 {
        let (cache, switch, _) = with_copies(&[id(1), id(2), id(3)]).await;
        fail(&switch, seed);
        assert!(cache.revoke(id(1)).await.is_err());
        assert!(cache.replace(id(2), Version::FIRST, &row()).await.is_err());
        assert!(cache.touch(id(3), touch()).await.is_err());
        assert!((1..=3).all(|number| memory_says(&*cache, id(number)).is_none()));
    }
}

#[tokio::test]
async fn the_end_of_a_subjects_sessions_that_failed_leaves_no_copy_of_any() {
    let (cache, switch, _) = with_copies(&[id(1), id(2)]).await;
    fail(&switch, 1);
    assert!(cache.revoke_subject(&alice(), None).await.is_err());
    assert_eq!((memory_says(&*cache, id(1)), memory_says(&*cache, id(2))), (None, None));
}

#[tokio::test]
async fn the_end_of_everyone_that_failed_leaves_no_copy_at_all() {
    let (cache, switch, _) = with_copies(&[id(1), id(2)]).await;
    fail(&switch, 1);
    assert!(cache.revoke_everyone().await.is_err());
    assert_eq!(cache.copies(), 0);
}

#[tokio::test]
async fn a_sign_in_that_failed_leaves_no_copy_of_what_its_cap_may_have_ended() {
    let (cache, switch, _) = with_copies(&[id(1), id(2)]).await;
    let fence = cache.fence(&alice()).await.unwrap();
    fail(&switch, 1);
    let cap = Cap { sessions_max: NonZeroUsize::MIN, policy: CapPolicy::EvictOldest };
    let insert = Insert { id: id(3), row: &row(), replaces: None };
    let insert = SubjectInsert { insert, fence, cap: Some(cap), now: row().created_at };
    assert!(cache.insert_for_subject(insert).await.is_err());
    assert_eq!((memory_says(&*cache, id(1)), memory_says(&*cache, id(2))), (None, None));
}

#[tokio::test]
async fn what_a_cap_ended_is_gone_at_once_and_nothing_else() {
    let (cache, ..) = with_copies(&[id(1), id(2)]).await;
    let fence = cache.fence(&alice()).await.unwrap();
    let cap = Cap { sessions_max: NonZeroUsize::new(2).unwrap(), policy: CapPolicy::EvictOldest };
    let insert = Insert { id: id(3), row: &row(), replaces: None };
    let insert = SubjectInsert { insert, fence, cap: Some(cap), now: row().created_at };
    let evicted = match cache.insert_for_subject(insert).await.unwrap() {
        SubjectInserted::Done { evicted } => evicted,
        refused => panic!("{refused:?}"),
    };
    assert_eq!(evicted, [id(1)]);
    assert!(!is_there(&*cache, id(1)).await);
    assert_eq!(memory_says(&*cache, id(2)), Some(true));
}

#[tokio::test]
async fn a_revocation_that_was_given_up_half_way_leaves_no_copy() {
    let (cache, switch, model) = with_copies(&[id(1)]).await;
    let held = switch.hold_call(NonZeroU64::MIN);
    let revoking = tokio::spawn({
        let cache = Arc::clone(&cache);
        async move { cache.revoke(id(1)).await }
    });
    held.has_come().await;
    // Meanwhile somebody reads, and rightly finds the session; and then it does end, though nobody hears of it.
    assert!(is_there(&*cache, id(1)).await);
    let _ = model.revoke(id(1)).await.unwrap();
    revoking.abort();
    assert!(revoking.await.unwrap_err().is_cancelled());
    assert!(!is_there(&*cache, id(1)).await);
}

/// Story: two ends of one subject's sessions crossed; the one that was answered first found none to end, and a copy went on.
#[tokio::test]
async fn the_end_of_a_subjects_sessions_holds_though_another_that_is_not_answered_yet_has_ended_them() {
    let (cache, switch, model) = with_copies(&[id(1)]).await;
    let held = switch.hold_call(NonZeroU64::MIN);
    let first = tokio::spawn({
        let cache = Arc::clone(&cache);
        async move { cache.revoke_subject(&alice(), None).await }
    });
    tokio::task::yield_now().await;
    model.revoke_subject(&alice(), None).await.unwrap();
    assert_eq!(memory_says(&*cache, id(1)), Some(true), "the first is not answered");
    assert_eq!(cache.revoke_subject(&alice(), None).await.unwrap(), []);
    assert_eq!(memory_says(&*cache, id(1)), None);
    held.release();
    assert_eq!(first.await.unwrap().unwrap(), []);
}
