//! Where the connections and the sites run while the tests wait, and for how long they wait.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// Longer than a browser needs for anything on a busy machine.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// How often a page is asked that cannot tell by itself.
pub(super) const POLL: Duration = Duration::from_millis(20);

/// Shared by all tests.
pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads can be started")
});

#[expect(clippy::disallowed_methods, reason = "a page that is loading tells nobody; it is asked again")]
pub(super) fn wait_a_moment() {
    thread::sleep(POLL);
}
