//! A walk over all sessions, a page at a time.

use std::cmp::Reverse;
use std::fmt;
use std::net::IpAddr;

use smallvec::SmallVec;

use super::{Loaded, Wanted};
use crate::ids::SessionId;
use crate::time::Timestamp;

/// Some sessions of anybody, and where the walk goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The sessions, in an order of the store's; possibly none although the walk is not over.
    pub sessions: Vec<(SessionId, Loaded)>,
    /// What to ask for the next page with; `None` when the walk is over.
    pub next: Option<PageCursor>,
}

impl Page {
    /// The same page without sessions that are not wanted.
    #[must_use]
    pub fn only(mut self, wanted: &Wanted) -> Self {
        self.sessions.retain(|(_, loaded)| wanted.includes(&loaded.row));
        self
    }

    /// A page out of a whole list: those that are wanted, from the newest to the oldest.
    pub fn of_list(
        mut sessions: Vec<(SessionId, Loaded)>,
        wanted: &Wanted,
        after: Option<&PageCursor>,
        rows_max: usize,
    ) -> Self {
        let place = after.and_then(PageCursor::place_in_time);
        sessions.retain(|(id, loaded)| {
            let is_below = place.is_none_or(|place| (loaded.row.created_at, *id) < place);
            is_below && wanted.includes(&loaded.row)
        });
        sessions.sort_by_key(|(id, loaded)| Reverse((loaded.row.created_at, *id)));
        sessions.truncate(rows_max);
        Self::newest_first(sessions, rows_max)
    }

    /// A page of a store that walks through a network by addresses, and at each from the newest to the oldest: there is another when this
    /// one is full.
    pub fn by_address(sessions: Vec<(SessionId, Loaded)>, rows_max: usize) -> Self {
        let is_full = sessions.len() >= rows_max;
        let last = sessions.last().filter(|_| is_full);
        let next = last.and_then(|(id, loaded)| {
            Some(PageCursor::below_at(loaded.row.address?, loaded.row.created_at, *id))
        });
        Self { sessions, next }
    }

    /// A page of a store that walks from the newest to the oldest: there is another when this one is full.
    pub fn newest_first(sessions: Vec<(SessionId, Loaded)>, rows_max: usize) -> Self {
        let is_full = sessions.len() >= rows_max;
        let last = sessions.last().filter(|_| is_full);
        let next = last.map(|(id, loaded)| PageCursor::below(loaded.row.created_at, *id));
        Self { sessions, next }
    }

    /// A page of a store that walks in the order of the IDs: there is another when this one is full.
    pub fn in_order_of_ids(sessions: Vec<(SessionId, Loaded)>, rows_max: usize) -> Self {
        let is_full = sessions.len() >= rows_max;
        let next = sessions.last().filter(|_| is_full).map(|(id, _)| PageCursor::after(*id));
        Self { sessions, next }
    }
}

/// Where a walk by pages goes on: octets that mean something to the store that gave them, and to no other.
#[derive(Clone, PartialEq, Eq)]
pub struct PageCursor(SmallVec<[u8; Self::LEN_MAX]>);

impl PageCursor {
    /// Octets that a cursor takes without an allocation; no store needs more.
    pub const LEN_MAX: usize = 48;

    /// A cursor of these octets.
    pub fn from_octets(octets: &[u8]) -> Self {
        Self(SmallVec::from_slice(octets))
    }

    /// The octets.
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }

    /// The cursor of a store that walks from the newest session to the oldest: below this one.
    pub fn below(created_at: Timestamp, id: SessionId) -> Self {
        let mut octets = SmallVec::from_slice(&created_at.as_millis().to_be_bytes());
        octets.extend_from_slice(id.as_octets());
        Self(octets)
    }

    /// The beginning and the ID below which the walk goes on; `None` when the cursor is not of such a store.
    pub fn place_in_time(&self) -> Option<(Timestamp, SessionId)> {
        let (created_at, id) = self.0.split_at_checked(size_of::<u64>())?;
        let created_at = u64::from_be_bytes(created_at.try_into().ok()?);
        Some((Timestamp::from_millis(created_at), SessionId::from_octets(id.try_into().ok()?)))
    }

    /// The cursor of a store that walks through a network: below this one at this address, then at addresses before it.
    pub fn below_at(address: IpAddr, created_at: Timestamp, id: SessionId) -> Self {
        let mut octets = SmallVec::from_slice(&created_at.as_millis().to_be_bytes());
        octets.extend_from_slice(id.as_octets());
        match address {
            IpAddr::V4(address) => octets.extend_from_slice(&address.octets()),
            IpAddr::V6(address) => octets.extend_from_slice(&address.octets()),
        }
        Self(octets)
    }

    /// The address, and the beginning and the ID at it, below which the walk goes on; `None` when the cursor is not of such a store.
    pub fn place_in_network(&self) -> Option<(IpAddr, Timestamp, SessionId)> {
        let (place, address) = self.0.split_at_checked(size_of::<u64>() + SessionId::LEN)?;
        let (created_at, id) = Self::from_octets(place).place_in_time()?;
        let address = match *address {
            [a, b, c, d] => IpAddr::from([a, b, c, d]),
            _ => IpAddr::from(<[u8; 16]>::try_from(address).ok()?),
        };
        Some((address, created_at, id))
    }

    /// The cursor of a store that walks in the order of the IDs.
    pub fn after(id: SessionId) -> Self {
        Self::from_octets(id.as_octets())
    }

    /// The ID above which the walk goes on; `None` when the cursor is not of such a store.
    pub fn session_id(&self) -> Option<SessionId> {
        self.0.as_slice().try_into().ok().map(SessionId::from_octets)
    }
}

impl fmt::Debug for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageCursor(")?;
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
        f.write_str(")")
    }
}
