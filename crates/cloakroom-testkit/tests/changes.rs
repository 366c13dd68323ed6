//! The checks of what a store tells: a sound store passes them, and each names the fault that it is there for.

use std::future;
use std::time::Duration;

use cloakroom_testkit::channel::{ChannelFault, Telling};
use cloakroom_testkit::conformance::{Check, Failure, change_checks};
use cloakroom_testkit::{Fixture, ModelStore};

type Store = Telling<ModelStore>;

/// How long a check listens for what never comes.
const IN_VAIN: Duration = Duration::from_millis(300);

async fn run(check: Check<Store>, store: Store) -> Result<(), Failure> {
    let node = store.clone();
    check.run(Fixture::new(store).opened_again_by(move || future::ready(node.clone()))).await
}

#[tokio::test]
async fn a_store_that_tells_what_it_must_passes_whatever_it_tells_besides() {
    for check in change_checks() {
        run(check, Telling::new(ModelStore::new())).await.unwrap();
        run(check, Telling::new(ModelStore::new()).of_everything()).await.unwrap();
    }
}

#[tokio::test]
async fn each_fault_is_named_and_no_check_is_idle() {
    let table: [(ChannelFault, &[&str]); 7] = [
        (ChannelFault::OmitsWrites, &["a_write_is_told"]),
        (ChannelFault::OmitsRevocations, &["a_revocation_is_told", "what_is_told_can_be_read"]),
        (
            ChannelFault::OmitsReplaced,
            &["the_end_of_a_replaced_session_is_told", "all_ends_by_a_sign_in_are_told"],
        ),
        (ChannelFault::OmitsEvicted, &["all_ends_by_a_sign_in_are_told"]),
        (ChannelFault::OmitsSubjects, &["the_revocation_of_a_subject_is_told"]),
        (ChannelFault::OmitsEveryone, &["the_revocation_of_everyone_is_told"]),
        (ChannelFault::TellsEarly, &["what_is_told_can_be_read"]),
    ];
    for (fault, names) in table {
        for check in change_checks().into_iter().filter(|check| names.contains(&check.name())) {
            let store = Telling::new(ModelStore::new()).with_fault(fault);
            let outcome = run(check.with_patience(IN_VAIN), store).await;
            let is_named = matches!(outcome, Err(Failure::Broken { .. } | Failure::Stuck { .. }));
            assert!(is_named, "{fault:?}, {}: {outcome:?}", check.name());
        }
    }
    let checks = change_checks::<Store>();
    let is_idle = |name: &&str| !table.iter().any(|(_, names)| names.contains(name));
    let idle: Vec<_> = checks.iter().map(Check::name).filter(is_idle).collect();
    assert_eq!(idle, [""; 0], "these find nothing");
}
