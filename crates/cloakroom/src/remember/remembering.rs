//! What requests share of the browsers that are remembered.

use std::sync::Mutex;

use cloakroom_core::cookie::CookiePolicy;
use cloakroom_core::{SeriesTerms, SessionId, Subject};

use crate::doomed::Doomed;
use crate::turns::Turns;

/// Remembered browsers: how they are told, and what is under way.
pub(crate) struct Remembering {
    pub(crate) cookie: CookiePolicy,
    pub(super) terms: SeriesTerms,
    /// Turns of requests that come with one token: all but the first find the session that it got.
    pub(super) turns: Turns,
    /// Tokens of browsers that were signed out while the store was down.
    pub(crate) doomed: Doomed,
    /// Series that have ended, of whose sessions the store has not ended all.
    pub(super) unfinished: Mutex<Vec<(SessionId, Subject)>>,
}

impl Remembering {
    pub(super) fn new(cookie: CookiePolicy, terms: SeriesTerms) -> Self {
        let (turns, doomed, unfinished) = (Turns::default(), Doomed::default(), Mutex::default());
        Self { cookie, terms, turns, doomed, unfinished }
    }
}
