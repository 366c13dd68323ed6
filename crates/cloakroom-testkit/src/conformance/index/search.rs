//! Sessions as an administrator looks for them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cloakroom_core::store::{Row, SubjectIndex, Wanted};
use cloakroom_core::{SessionId, Timestamp};

use crate::conformance::failure::{Failure, Outcome, Promise};
use crate::conformance::harness::Harness;
use crate::conformance::samples::{alice, bob, id, row, row_of};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const THERE: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

pub(crate) async fn a_search_finds_what_is_wanted_and_nothing_else<S: SubjectIndex>(
    h: Harness<S>,
) -> Outcome {
    let promise =
        Promise("A walk by searches meets every session that is wanted, no other, and comes to an end.");
    let mut all: Vec<(SessionId, Row)> = Vec::new();
    for number in 0..48_u8 {
        let whose = [row(), row_of(&alice()), row_of(&bob())][usize::from(number) % 3].clone();
        let address = [None, Some(HERE), Some(THERE), Some(HERE)][usize::from(number) % 4];
        // Several begin at one moment.
        let created_at = Timestamp::from_millis(10_000 + u64::from(number / 5));
        let row = Row { address, created_at, ..whose };
        let id = h.placed(id(number.into()), &row);
        h.begin(id, &row).await?;
        all.push((id, row));
    }
    let moment = |millis| Some(Timestamp::from_millis(millis));
    for wanted in [
        Wanted::default(),
        Wanted { subject: Some(alice()), ..Wanted::default() },
        Wanted { address: Some(HERE), ..Wanted::default() },
        Wanted { network: "192.0.2.0/25".parse().ok(), ..Wanted::default() },
        Wanted { network: "::/0".parse().ok(), created_before: moment(10_006), ..Wanted::default() },
        Wanted { subject: Some(bob()), network: "192.0.0.0/12".parse().ok(), ..Wanted::default() },
        Wanted { subject: Some(bob()), address: Some(THERE), ..Wanted::default() },
        Wanted { created_from: moment(10_003), created_before: moment(10_007), ..Wanted::default() },
        Wanted { address: Some(HERE), created_from: moment(10_009), ..Wanted::default() },
        Wanted { subject: Some(alice()), created_before: moment(10_001), ..Wanted::default() },
        Wanted { created_from: moment(10_010), ..Wanted::default() },
    ] {
        let expected: BTreeSet<SessionId> =
            all.iter().filter(|(_, row)| wanted.includes(row)).map(|(id, _)| *id).collect();
        for rows_max in [1, 4, 100] {
            let found = met(h.store(), &wanted, rows_max).await?;
            promise.gives(&format!("{wanted:?} by pages of {rows_max}"), found, expected.clone())?;
        }
    }
    Ok(())
}

async fn met<S: SubjectIndex>(
    store: &S,
    wanted: &Wanted,
    rows_max: usize,
) -> Result<BTreeSet<SessionId>, Failure> {
    let promise = Promise("A page of a search has up to rows_max sessions, and a walk comes to an end.");
    let (mut met, mut next) = (BTreeSet::new(), None);
    for _ in 0..10_000 {
        let page = store.search(wanted, next.as_ref(), rows_max).await?;
        promise
            .holds(page.sessions.len() <= rows_max, format_args!("{} of {rows_max}", page.sessions.len()))?;
        met.extend(page.sessions.into_iter().map(|(id, _)| id));
        next = page.next;
        if next.is_none() {
            return Ok(met);
        }
    }
    promise.finds(None, "10,000 pages and no end")
}
