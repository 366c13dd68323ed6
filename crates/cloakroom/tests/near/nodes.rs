//! Two nodes: what one ends, the other lets go of, by being told or by the bound.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use cloakroom::NearCache;
use cloakroom::store::{Revoked, Store, SubjectIndex, Swap, Version};
use cloakroom_testkit::ModelStore;
use cloakroom_testkit::channel::Channel;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::faults::Faulty;

use crate::support::{
    ALMOST_BOUND, BOUND, Behind, alice, begin, behind, clock, id, is_there, listening, memory_says, near, row,
};

const JUST: Duration = Duration::from_millis(1);

struct Nodes {
    here: Arc<NearCache<Behind>>,
    there: Arc<NearCache<Behind>>,
    clock_there: ManualClock,
    channel: Channel,
}

/// Two nodes on one store, of which the second has a copy of the first session. Only its clock matters, so only that moves.
async fn nodes() -> Nodes {
    let store = behind();
    let clock_there = clock();
    let here = listening(store.clone(), &clock()).await;
    let there = listening(store.clone(), &clock_there).await;
    begin(&*here, id(1)).await;
    assert!(is_there(&*there, id(1)).await);
    assert_eq!(memory_says(&*there, id(1)), Some(true));
    Nodes { here, there, clock_there, channel: store.channel() }
}

#[tokio::test]
async fn without_a_channel_a_revocation_takes_effect_elsewhere_when_the_bound_is_over_and_not_later() {
    let store = behind();
    let clock = clock();
    let there = near(store.clone(), &clock);
    begin(&store, id(1)).await;
    assert!(is_there(&there, id(1)).await);
    assert_eq!(store.revoke(id(1)).await.unwrap(), Revoked::Done);
    clock.advance(ALMOST_BOUND);
    assert!(is_there(&there, id(1)).await, "the copy is in use, or this proves nothing");
    clock.advance(JUST);
    assert!(!is_there(&there, id(1)).await);
}

#[tokio::test]
async fn a_copy_is_no_fresher_for_being_read_again_and_again() {
    let store = behind();
    let clock = clock();
    let there = near(store.clone(), &clock);
    begin(&store, id(1)).await;
    assert!(is_there(&there, id(1)).await);
    let _ = store.revoke(id(1)).await.unwrap();
    let mut sightings = 0;
    for _ in 0..BOUND.as_millis() * 2 {
        sightings += u128::from(is_there(&there, id(1)).await);
        clock.advance(JUST);
    }
    assert_eq!(sightings, BOUND.as_millis());
}

#[tokio::test]
async fn what_is_told_takes_effect_at_once() {
    let Nodes { here, there, .. } = nodes().await;
    assert_eq!(here.revoke(id(1)).await.unwrap(), Revoked::Done);
    assert!(!is_there(&*there, id(1)).await);

    begin(&*here, id(2)).await;
    assert!(is_there(&*there, id(2)).await);
    assert!(matches!(here.replace(id(2), Version::FIRST, &row()).await.unwrap(), Swap::Done(_)));
    assert_ne!(there.load(id(2)).await.unwrap().unwrap().version, Version::FIRST);

    here.revoke_subject(&alice(), None).await.unwrap();
    assert!(!is_there(&*there, id(2)).await);

    begin(&*here, id(3)).await;
    assert!(is_there(&*there, id(3)).await);
    here.revoke_everyone().await.unwrap();
    assert!(!is_there(&*there, id(3)).await);
}

#[tokio::test]
async fn a_channel_that_broke_unnoticed_leaves_the_bound() {
    let Nodes { here, there, clock_there, channel } = nodes().await;
    channel.cut_silently();
    let _ = here.revoke(id(1)).await.unwrap();
    assert!(is_there(&*there, id(1)).await, "nobody has told");
    clock_there.advance(BOUND);
    assert!(!is_there(&*there, id(1)).await);
}

#[tokio::test]
async fn a_channel_that_lags_leaves_the_bound() {
    let Nodes { here, there, clock_there, channel } = nodes().await;
    channel.hold();
    let _ = here.revoke(id(1)).await.unwrap();
    clock_there.advance(ALMOST_BOUND);
    assert!(is_there(&*there, id(1)).await, "the message is under way");
    clock_there.advance(JUST);
    assert!(!is_there(&*there, id(1)).await);
    begin(&*here, id(2)).await;
    assert!(is_there(&*there, id(2)).await);
    channel.release();
    assert!(is_there(&*there, id(2)).await, "a late message does no harm");
}

#[tokio::test]
async fn a_channel_that_breaks_or_is_connected_again_empties_the_cache() {
    let Nodes { there, channel, .. } = nodes().await;
    channel.cut();
    assert_eq!(there.copies(), 0);
    assert!(is_there(&*there, id(1)).await);
    assert_eq!(there.copies(), 1, "without a channel the bound alone counts");
    channel.connect();
    assert_eq!(there.copies(), 0, "something may have been missed");
}

#[tokio::test]
async fn a_cache_that_is_dropped_watches_no_more() {
    let Nodes { here, there, channel, .. } = nodes().await;
    assert_eq!(channel.watchers(), 2);
    drop((here, there));
    while channel.watchers() > 0 {
        tokio::task::yield_now().await;
    }
}

/// A process that was stopped sees time jump when it goes on; here it is stopped while its load is under way.
#[tokio::test]
async fn a_node_that_was_stopped_while_it_loaded_uses_no_copy_of_that_load() {
    let (store, clock) = (ModelStore::new(), clock());
    let faulty = Faulty::new(store.clone());
    let switch = faulty.switch();
    let there = Arc::new(near(faulty, &clock));
    begin(&store, id(1)).await;
    let held = switch.hold_call(NonZeroU64::MIN);
    let load = tokio::spawn({
        let there = Arc::clone(&there);
        async move { is_there(&*there, id(1)).await }
    });
    held.has_come().await;
    clock.advance(BOUND);
    held.release();
    assert!(load.await.unwrap(), "this caller asked before the end");
    let _ = store.revoke(id(1)).await.unwrap();
    assert_eq!(memory_says(&*there, id(1)), None, "its age counts from before it was sent");
    assert!(!is_there(&*there, id(1)).await);
}
