//! Waiting for what servers agree on among themselves.

use std::thread;
use std::time::Duration;

use crate::error::ServerError;

const POLLS: usize = 3000;
const POLL: Duration = Duration::from_millis(10);

/// Asks again and again until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), ServerError> {
    for _ in 0..POLLS {
        if is_so() {
            return Ok(());
        }
        wait_a_moment();
    }
    Err(ServerError::Disagreement { what: what.to_owned() })
}

#[expect(clippy::disallowed_methods, reason = "servers tell nobody when they have agreed; they are asked")]
fn wait_a_moment() {
    thread::sleep(POLL);
}
