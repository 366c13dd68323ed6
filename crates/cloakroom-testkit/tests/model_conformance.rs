//! The suite on the reference store: what is obviously right passes.

use cloakroom_testkit::{Fixture, ModelStore, conformance_tests};

async fn fixture() -> Fixture<ModelStore> {
    let store = ModelStore::new();
    let again = store.clone();
    Fixture::new(store).opened_again_by(move || {
        let node = again.clone();
        async move { node }
    })
}

conformance_tests!(indexed, shared: fixture);
