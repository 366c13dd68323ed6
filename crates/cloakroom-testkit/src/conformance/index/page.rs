//! The sessions of everybody, page by page.

use cloakroom_core::store::{Loaded, Row, SubjectIndex, Version};
use cloakroom_core::{SessionId, Timestamp};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::index::questions::ids;
use crate::conformance::samples::{alice, bob, id, row, row_of};

/// IDs that sort wrongly as signed numbers, as little-endian ones, or by any octet but the first that differs.
const AWKWARD: [[u8; 2]; 8] = [
    [0x00, 0x00],
    [0x00, 0xff],
    [0x01, 0x00],
    [0x7f, 0xff],
    [0x80, 0x00],
    [0x80, 0x01],
    [0xff, 0x00],
    [0xff, 0xff],
];

pub(crate) async fn pages_are_complete_and_in_the_order_of_ids<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("Pages have every session of anybody once, as it loads, in the order of the IDs.");
    promise.gives("page of an empty store", h.store().page(None, 10).await?, Vec::new())?;
    let expired = Row { expires_at: Timestamp::from_millis(1), ..row() };
    let rows = [row(), row_of(&alice()), row_of(&bob()), expired];
    let mut all: Vec<(SessionId, Loaded)> = Vec::new();
    let numbered = (0..40).map(id);
    for (id, row) in numbered.chain(AWKWARD.map(awkward)).zip(rows.iter().cycle()) {
        h.begin(id, row).await?;
        all.push((id, Loaded { row: row.clone(), version: Version::FIRST }));
    }
    all.sort_by_key(|(id, _)| *id);
    for rows_max in [1, 7, 47, 48, 1_000] {
        let mut walked: Vec<(SessionId, Loaded)> = Vec::new();
        while walked.len() <= all.len() {
            let page = h.store().page(walked.last().map(|(id, _)| *id), rows_max).await?;
            promise.holds(page.len() <= rows_max, format_args!("{} rows, of {rows_max}", page.len()))?;
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        promise.gives(&format!("IDs by pages of {rows_max}"), ids(walked.clone()), ids(all.clone()))?;
        promise.gives(&format!("rows by pages of {rows_max}"), walked, all.clone())?;
    }
    Ok(())
}

pub(crate) async fn a_page_begins_above_the_given_id_and_is_bounded<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let promise = Promise("A page has up to rows_max sessions whose ID is above the given one.");
    for first in AWKWARD.map(awkward) {
        h.begin(first, &row()).await?;
    }
    let page = async |after: Option<[u8; 2]>, rows_max| {
        h.store().page(after.map(awkward), rows_max).await.map(|page| ids(page).len())
    };
    promise.gives("rows of any number from the begin", page(None, usize::MAX).await?, 8)?;
    promise.gives("rows above the lowest ID", page(Some([0x00, 0x00]), 100).await?, 7)?;
    promise.gives("rows above an ID that no session has", page(Some([0x02, 0x00]), 100).await?, 5)?;
    promise.gives("rows above the highest ID but one", page(Some([0xff, 0x00]), 100).await?, 1)?;
    promise.gives("rows above the highest ID", page(Some([0xff, 0xff]), 100).await?, 0)?;
    promise.holds(page(None, 3).await? <= 3, "a page of up to 3 has more")
}

/// An ID of these first and last octets.
fn awkward([first, last]: [u8; 2]) -> SessionId {
    let mut octets = [0x55; SessionId::LEN];
    octets[0] = first;
    octets[SessionId::LEN - 1] = last;
    SessionId::from_octets(octets)
}
