//! The one line that a store author writes.

/// Makes a test of every check that applies to a store.
///
/// Before the colon stands what the store is: `plain` for a [`Store`](cloakroom_core::store::Store), `indexed` for
/// a [`SubjectIndex`](cloakroom_core::store::SubjectIndex); `shared` when several nodes can open it, or when it
/// outlives a restart; and `telling` for one that [tells of changes](cloakroom_core::store::Changes). After the colon stands an async function or closure that gives a new
/// [`Fixture`](crate::Fixture) each time. In `cargo test` each check is a test of its own, named as the promise that
/// it proves; two stores in one file go into two modules.
///
/// ```
/// use cloakroom_testkit::{Fixture, ModelStore, conformance_tests};
///
/// conformance_tests!(indexed: async || Fixture::new(ModelStore::new()));
/// ```
#[macro_export]
macro_rules! conformance_tests {
    (plain: $fixture:expr $(,)?) => {
        $crate::__each_store_check!(__tests [store_checks $fixture]);
    };
    (plain, shared: $fixture:expr $(,)?) => {
        $crate::conformance_tests!(plain: $fixture);
        $crate::__each_shared_store_check!(__tests [shared_store_checks $fixture]);
    };
    (indexed: $fixture:expr $(,)?) => {
        $crate::conformance_tests!(plain: $fixture);
        $crate::__each_index_check!(__tests [index_checks $fixture]);
    };
    (indexed, shared: $fixture:expr $(,)?) => {
        $crate::conformance_tests!(plain, shared: $fixture);
        $crate::__each_index_check!(__tests [index_checks $fixture]);
        $crate::__each_shared_index_check!(__tests [shared_index_checks $fixture]);
    };
    (indexed, shared, telling: $fixture:expr $(,)?) => {
        $crate::conformance_tests!(indexed, shared: $fixture);
        $crate::__each_change_check!(__tests [change_checks $fixture]);
    };
}
