//! Storms on sound stores break nothing, and on deliberately broken ones find what is wrong.

use std::num::NonZeroU64;
use std::sync::Arc;

use cloakroom_testkit::ModelStore;
use cloakroom_testkit::broken::{BrokenStore, Fault};
use cloakroom_testkit::faults::Faulty;
use cloakroom_testkit::storm::Storm;
use tokio::runtime::{Builder, Runtime};

fn threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("there are threads")
}

#[test]
fn a_sound_store_breaks_nothing() {
    let runtime = threads();
    for seed in 0..30 {
        let store = ModelStore::new();
        let nodes = [Arc::new(store.clone()), Arc::new(store)];
        let report =
            runtime.block_on(Storm::new(seed).on_indexed(&nodes)).unwrap_or_else(|broken| panic!("{broken}"));
        assert_eq!(report.unknown, 0);
        assert!(report.sessions > 50 && report.writes > 50, "{report}");
        let plain = Arc::new(ModelStore::new());
        runtime.block_on(Storm::new(seed).on(&[plain])).unwrap_or_else(|broken| panic!("{broken}"));
    }
}

#[test]
fn a_sound_store_in_trouble_breaks_nothing() {
    let runtime = threads();
    for seed in 0..30 {
        let store = Faulty::new(ModelStore::new());
        store.switch().fail_at_random(seed, NonZeroU64::new(8).expect("8 is not 0"));
        let nodes = [Arc::new(store)];
        let report =
            runtime.block_on(Storm::new(seed).on_indexed(&nodes)).unwrap_or_else(|broken| panic!("{broken}"));
        assert!(report.unknown > 50, "{report}");
    }
}

/// The promise that a storm finds broken, as soon as one does.
fn found(fault: Fault) -> Option<&'static str> {
    let runtime = threads();
    (0..60).find_map(|seed| {
        let storm = Storm::new(seed);
        let broken_one = || Arc::new(BrokenStore::new(fault));
        let indexed = runtime.block_on(storm.on_indexed(&[broken_one()])).err();
        let broken = indexed.or_else(|| runtime.block_on(storm.on(&[broken_one()])).err())?;
        assert_eq!(broken.seed(), seed);
        Some(broken.promise())
    })
}

/// What a storm does not ask for, it finds nothing wrong with.
#[test]
fn a_fault_that_no_caller_meets_is_not_made_up() {
    for fault in [Fault::ErrorsAreMisnamed, Fault::PurgeSparesNow, Fault::PageOmitsVisitors] {
        let runtime = threads();
        for seed in 0..20 {
            let nodes = [Arc::new(BrokenStore::new(fault))];
            runtime.block_on(Storm::new(seed).on_indexed(&nodes)).unwrap_or_else(|broken| panic!("{broken}"));
        }
    }
}

/// Makes a test of each fault that storms find.
macro_rules! storms_find {
    ($($fault:ident)+) => {
        #[expect(non_snake_case, reason = "each test is named as the fault that storms find")]
        mod storms_find {
            use super::*;

            $(
                #[test]
                fn $fault() {
                    assert!(found(Fault::$fault).is_some(), "sixty storms found nothing");
                }
            )+
        }
    };
}

storms_find! {
    InsertKeepsPredecessor
    InsertIgnoresVersion
    InsertChecksThenActs
    InsertEndsNeighbour
    ReplaceCreates
    ReplaceIgnoresVersion
    ReplaceUndoesTouch
    ReplaceResetsVersion
    ReplaceChecksThenWrites
    ReplaceInTwoSteps
    ReplaceWritesNeighbour
    ReplaceBringsBack
    TouchCreates
    TouchMovesBack
    TouchChangesVersion
    TouchMovesTimestampsAsPair
    TouchBringsBack
    RevokeAlwaysSaysDone
    RevokeEndsNeighbour
    RevokeOnlyHides
    RevokeInTwoSteps
    RevokeChecksThenActs
    SignInsAreNotListed
    ListShowsRowsAsInserted
    EndedStayListed
    SignInKeepsPredecessor
    SignInInTwoSteps
    SignInChecksThenActs
    CapLetsInOneMore
    CapLetsInOneLess
    CapChecksThenActs
    CapCountsReplaced
    CapCountsEverybody
    CapOnlyNamesEvicted
    CapCountsEnded
    FenceIsIgnored
    FenceNeedsNoSpare
    FenceStopsLater
    FenceChecksThenActs
    RevocationForgetsSpare
    RevocationListsThenEnds
    RevocationInTwoSteps
    RevocationEndsVisitors
    RevocationReturnsOne
    EveryoneSparesVisitors
    EveryoneIsForGood
}
