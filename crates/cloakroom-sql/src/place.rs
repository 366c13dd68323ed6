//! Where a search goes on: below a moment and an ID, down to another moment.

use cloakroom_core::store::{PageCursor, RowBody, Wanted};
use cloakroom_core::{Network, Timestamp};

use crate::columns::time_column;

/// The bounds of one page of a search, as columns have them.
///
/// A session is within them when it began before `created_at`, or at that moment with an ID below `id`, and not before `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) created_at: i64,
    /// An ID, or no octets, below which there is none.
    pub(crate) id: RowBody,
    pub(crate) from: i64,
}

impl Place {
    /// Where the search for `wanted` goes on after a page that gave `after`, or begins.
    pub(crate) fn of(wanted: &Wanted, after: Option<&PageCursor>) -> Self {
        let before = wanted.created_before.unwrap_or(Timestamp::MAX);
        let (created_at, id) = match after.and_then(PageCursor::place_in_time) {
            Some((created_at, id)) if created_at < before => {
                (created_at, RowBody::from_slice(id.as_octets()))
            }
            _ => (before, RowBody::new()),
        };
        let from = wanted.created_from.unwrap_or(Timestamp::EPOCH);
        Self { created_at: time_column(created_at), id, from: time_column(from) }
    }
}

/// The bounds of one page of a search in a network: the rest of an address, then addresses below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetworkPlace {
    /// The address that the page before ended at, and what is left of it.
    pub(crate) rest_of: Option<(String, Place)>,
    /// The first text that can be an address of the network.
    pub(crate) low: String,
    /// A text above those of the addresses that follow.
    pub(crate) below: String,
}

impl NetworkPlace {
    /// Where the search in `network` goes on after a page that gave `after`, or begins.
    pub(crate) fn of(network: Network, after: Option<&PageCursor>) -> Self {
        let low = network.text_prefix();
        if let Some((address, created_at, id)) = after.and_then(PageCursor::place_in_network) {
            let id = RowBody::from_slice(id.as_octets());
            let rest = Place { created_at: time_column(created_at), id, from: 0 };
            let address = address.to_string();
            return Self { rest_of: Some((address.clone(), rest)), low, below: address };
        }
        // No address has a letter above `f`, and what follows a whole part of one is its dot or colon.
        let below = match low.strip_suffix(['.', ':']) {
            Some(whole) if low.ends_with('.') => format!("{whole}/"),
            Some(whole) => format!("{whole};"),
            None => "g".to_owned(),
        };
        Self { rest_of: None, low, below }
    }
}

#[cfg(test)]
mod tests {
    use cloakroom_core::SessionId;

    use super::*;

    #[test]
    fn a_search_in_a_network_begins_above_all_of_its_addresses_and_goes_on_below_the_last() {
        let bounds = |network: &str| {
            let place = NetworkPlace::of(network.parse().unwrap(), None);
            assert_eq!(place.rest_of, None);
            (place.low, place.below)
        };
        let is = |low: &str, below: &str| (low.to_owned(), below.to_owned());
        assert_eq!(bounds("10.0.0.0/8"), is("10.", "10/"));
        assert_eq!(bounds("2001:db8::/32"), is("2001:db8:", "2001:db8;"));
        assert_eq!(bounds("::/0"), is("", "g"));
        let id = SessionId::from_octets([7; SessionId::LEN]);
        for address in ["10.1.2.3", "2001:db8::1"] {
            let cursor = PageCursor::below_at(address.parse().unwrap(), Timestamp::from_millis(30), id);
            let place = NetworkPlace::of("::/0".parse().unwrap(), Some(&cursor));
            let rest = Place { created_at: 30, id: RowBody::from_slice(id.as_octets()), from: 0 };
            assert_eq!((place.rest_of, place.below), (Some((address.to_owned(), rest)), address.to_owned()));
        }
    }

    #[test]
    fn a_search_goes_on_where_its_page_ended_and_never_above_what_is_wanted() {
        let id = SessionId::from_octets([7; SessionId::LEN]);
        let at = Timestamp::from_millis;
        let wanted = Wanted { created_before: Some(at(50)), ..Wanted::default() };
        let place = |created_at, id: &[u8]| Place { created_at, id: RowBody::from_slice(id), from: 0 };
        assert_eq!(Place::of(&wanted, None), place(50, &[]));
        assert_eq!(Place::of(&wanted, Some(&PageCursor::below(at(30), id))), place(30, id.as_octets()));
        assert_eq!(Place::of(&wanted, Some(&PageCursor::below(at(60), id))), place(50, &[]));
        assert_eq!(Place::of(&Wanted::default(), None), place(i64::MAX, &[]));
        assert_eq!(
            Place::of(&Wanted::default(), Some(&PageCursor::after(id))),
            place(i64::MAX, &[]),
            "another store's"
        );
    }
}
