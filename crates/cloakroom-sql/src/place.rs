//! Where a search goes on: below a moment and an ID, down to another moment.

use cloakroom_core::Timestamp;
use cloakroom_core::store::{PageCursor, RowBody, Wanted};

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

#[cfg(test)]
mod tests {
    use cloakroom_core::SessionId;

    use super::*;

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
