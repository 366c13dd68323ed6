//! What a reader of another system's cookies offers.

use cloakroom_core::Timestamp;
use http::HeaderValue;

/// Reads the session cookie of one other system, with one configuration.
pub trait OldSessions: Send + Sync + 'static {
    /// What a session of the old system is.
    type Session: Send + 'static;

    /// The session that a request's cookies prove; `None` when there is none, or none that is to be believed.
    ///
    /// Gets the lines of the request's `Cookie` field. It is called on the path of the request and waits for nothing.
    ///
    /// # Security
    /// Whatever this returns has been verified as the old system would have.
    fn read(&self, cookie_lines: &[&[u8]], now: Timestamp) -> Option<OldSession<Self::Session>>;

    /// The `Set-Cookie` fields that take the cookies away; asked for once.
    fn removals(&self) -> Vec<HeaderValue>;
}

/// A session of the old system that has been verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldSession<T> {
    /// What the old system says of it.
    pub session: T,
    /// What tells its cookie from others: a digest of what is authentic in it, and of nothing else.
    pub fingerprint: [u8; 32],
}
