//! The sessions of everybody, page by page.

use std::collections::BTreeMap;

use cloakroom_core::store::{Loaded, Row, SubjectIndex, Version};
use cloakroom_core::{SessionId, Timestamp};

use crate::conformance::failure::{Outcome, Promise};
use crate::conformance::harness::Harness;
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

pub(crate) async fn a_walk_by_pages_meets_every_session<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise =
        Promise("A walk by pages meets every session of anybody, as it loads, and comes to an end.");
    let page = h.store().page(None, 10).await?;
    promise.gives("page of an empty store", page.sessions, Vec::new())?;
    let expired = Row { expires_at: Timestamp::from_millis(1), ..row() };
    let rows = [row(), row_of(&alice()), row_of(&bob()), expired];
    let mut all: BTreeMap<SessionId, Loaded> = BTreeMap::new();
    let numbered = (0..40).map(id);
    for (id, row) in numbered.chain(AWKWARD.map(awkward)).zip(rows.iter().cycle()) {
        let id = h.placed(id, row);
        h.begin(id, row).await?;
        all.insert(id, Loaded { row: row.clone(), version: Version::FIRST });
    }
    for rows_max in [1, 7, 47, 48, 1_000, usize::MAX] {
        let walked = h.walk(rows_max).await?;
        promise.gives(&format!("sessions by pages of {rows_max}"), walked, all.clone())?;
    }
    Ok(())
}

pub(crate) async fn a_page_is_bounded<S: SubjectIndex>(h: Harness<S>) -> Outcome {
    let promise = Promise("A page has up to rows_max sessions.");
    for number in 0..60 {
        // Those of one subject may be kept together; that is no reason to give them together.
        let row = if number % 2 == 0 { row() } else { row_of(&alice()) };
        h.begin(h.placed(id(number), &row), &row).await?;
    }
    for rows_max in [1, 3, 10] {
        let mut next = None;
        for _ in 0..1_000 {
            let page = h.store().page(next.as_ref(), rows_max).await?;
            promise.holds(
                page.sessions.len() <= rows_max,
                format_args!("{} of {rows_max}", page.sessions.len()),
            )?;
            next = page.next;
            if next.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// An ID of these first and last octets.
fn awkward([first, last]: [u8; 2]) -> SessionId {
    let mut octets = [0x55; SessionId::LEN];
    octets[0] = first;
    octets[SessionId::LEN - 1] = last;
    SessionId::from_octets(octets)
}
