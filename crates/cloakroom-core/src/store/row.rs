//! What a store keeps of a session.

use std::net::IpAddr;

use smallvec::SmallVec;

use crate::ids::Subject;
use crate::time::Timestamp;

/// The encoded part of a row: opaque to a store, written and read by the record codec.
///
/// Short bodies, which nearly all are, live inside the value and cost no allocation.
pub type RowBody = SmallVec<[u8; 96]>;

/// One session as a store keeps it: columns that can be asked about, and the encoded rest.
///
/// Holds a digest of the secret at most, never the secret, so a copy of the store is no bag of working cookies.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose session it is; `None` for a visitor who has not signed in.
    pub subject: Option<Subject>,
    /// When the session began.
    pub created_at: Timestamp,
    /// The last activity that was written down.
    pub last_seen_at: Timestamp,
    /// When the session ends if nothing more is sent. A store uses it to collect rubbish and to leave ended
    /// sessions out of a cap, never to judge a request.
    pub expires_at: Timestamp,
    /// Where it was begun from, when the application records that.
    pub address: Option<IpAddr>,
    /// Everything else, encoded.
    pub body: RowBody,
}

/// By hand, since a derived one copies the body octet by octet.
impl Clone for Row {
    fn clone(&self) -> Self {
        let Self { subject, created_at, last_seen_at, expires_at, address, body } = self;
        Self {
            subject: subject.clone(),
            created_at: *created_at,
            last_seen_at: *last_seen_at,
            expires_at: *expires_at,
            address: *address,
            body: RowBody::from_slice(body),
        }
    }
}

/// Which write of a row somebody saw; every [`Store::replace`](super::Store::replace) gives another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// What a fresh row has.
    pub const FIRST: Self = Self(1);

    /// A version read back from a store.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number, as stores keep it.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The version of the next write.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// What a look-up has found, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The row as of some moment after the call began, or that there is none.
    Fresh(Option<Loaded>),
    /// The same as of a moment that may be earlier, by [`Store::staleness`](super::Store::staleness) at most.
    Copied(Option<Loaded>),
}

impl Reading {
    /// What was found, wherever.
    pub fn into_loaded(self) -> Option<Loaded> {
        match self {
            Self::Fresh(loaded) | Self::Copied(loaded) => loaded,
        }
    }
}

/// A row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The row.
    pub row: Row,
    /// The write that was read.
    pub version: Version,
}
