//! Stores for tests, each below a prefix of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom_redis::{RedisOptions, RedisStore};
use cloakroom_testkit::Fixture;

/// Longer than any answer takes on a busy machine; tests of silence set their own.
const PATIENCE: &str = "connect_ms=10000&answer_ms=10000";

/// A store at this URL that nobody else has keys of.
pub(crate) async fn fixture(url: &str) -> Fixture<RedisStore> {
    static STORES: AtomicU64 = AtomicU64::new(0);
    let number = STORES.fetch_add(1, Ordering::Relaxed);
    let options: RedisOptions = format!("{url}?{PATIENCE}&prefix=t{number}").parse().unwrap();
    let store = RedisStore::open_with(&options).await.unwrap();
    Fixture::new(store).opened_again_by(move || {
        let options = options.clone();
        async move { RedisStore::open_with(&options).await.unwrap() }
    })
}
