//! The conformance suite, with a clock that stands still: nothing is right because a copy has become too old.

use cloakroom::{NearCache, NearOptions};
use cloakroom_testkit::channel::Telling;
use cloakroom_testkit::clock::ManualClock;
use cloakroom_testkit::{Fixture, ModelStore, conformance_tests};

use crate::support::START;

fn options() -> NearOptions {
    NearOptions::new().clock(ManualClock::starting_at(START))
}

/// One node, which hears of nothing.
mod alone {
    use super::*;

    conformance_tests!(indexed: async || Fixture::new(NearCache::new(ModelStore::new(), options())));
}

/// Several nodes, which hear of everything at once, and have nothing else that keeps them from answering what was.
mod several {
    use super::*;

    type Node = NearCache<Telling<ModelStore>>;

    async fn node(store: Telling<ModelStore>) -> Node {
        let (channel, before) = (store.channel(), store.channel().watched());
        let node = NearCache::listening(store, options());
        while channel.watched() == before {
            tokio::task::yield_now().await;
        }
        node
    }

    async fn fixture() -> Fixture<Node> {
        let store = Telling::new(ModelStore::new()).of_everything();
        let first = node(store.clone()).await;
        Fixture::new(first).opened_again_by(move || node(store.clone()))
    }

    conformance_tests!(indexed, shared: fixture);
}

/// A bound of zero is no cache.
mod off {
    use std::time::Duration;

    use super::*;

    async fn fixture() -> Fixture<NearCache<ModelStore>> {
        let store = ModelStore::new();
        let node = move || NearCache::new(store.clone(), options().staleness_max(Duration::ZERO));
        Fixture::new(node()).opened_again_by(move || std::future::ready(node()))
    }

    conformance_tests!(indexed, shared: fixture);
}
