//! What broken stores keep besides the truth.

use std::collections::{BTreeMap, BTreeSet};

use cloakroom_core::SessionId;
use cloakroom_core::store::{Loaded, Row};

/// What the nodes of one broken store remember of its past.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Rows as they were inserted.
    pub(super) first: BTreeMap<SessionId, Row>,
    /// Sessions that are there and that the index does not have.
    pub(super) unlisted: BTreeSet<SessionId>,
    /// Sessions that are gone and that the index still has.
    pub(super) ghosts: BTreeMap<SessionId, Loaded>,
    /// Sessions that are gone for loads, and can come back.
    pub(super) buried: BTreeMap<SessionId, Loaded>,
    /// Sessions that were prolonged since they began.
    pub(super) prolonged: BTreeSet<SessionId>,
    /// Rows that were ended.
    pub(super) ended: Vec<Row>,
    /// Calls that have begun and not ended.
    pub(super) open: usize,
}
