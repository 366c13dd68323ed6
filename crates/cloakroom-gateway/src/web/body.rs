//! The whole body of a request to us, within bounds.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};

/// The most octets of a body. No form of ours is longer, not even one with a password and a return path of the greatest length,
/// percent-encoded; a question of the API has a cookie field and a URL in it, and proxies take fewer octets of either.
pub(crate) const OCTETS_MAX: usize = 64 * 1024;

/// How long a client may take to send a body.
pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// Why a body has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotWhole {
    /// It is longer than [`OCTETS_MAX`], or broken.
    TooLarge,
    /// It took longer than [`WAIT`].
    TooSlow,
}

/// Waits for all of a body.
pub(crate) async fn whole(body: Body) -> Result<Bytes, NotWhole> {
    match tokio::time::timeout(WAIT, to_bytes(body, OCTETS_MAX)).await {
        Ok(Ok(octets)) => Ok(octets),
        Ok(Err(_)) => Err(NotWhole::TooLarge),
        Err(_) => Err(NotWhole::TooSlow),
    }
}
