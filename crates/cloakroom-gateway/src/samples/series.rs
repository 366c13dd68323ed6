//! What all instances have written down, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use cloakroom::Timestamp;

use crate::accounts::{Accounts, AccountsError};
use crate::samples::keep::SPREAD;
use crate::samples::sample::Sample;
use crate::samples::span::{Slot, Span};
use crate::samples::table;

/// A slot of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// When it begins.
    pub(crate) at: Timestamp,
    /// What happened in all instances together; `None` where none has written anything down.
    pub(crate) sample: Option<Sample>,
}

/// How long writing a row may take until it is missed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Every slot of a span up to now, the oldest first, as many as the span has. The last minute that is there is one that every instance has had
/// the time to write down; of the longer slots the last is the one that is under way.
pub(crate) async fn series(
    accounts: &Accounts,
    span: Span,
    now: Timestamp,
) -> Result<Vec<Point>, AccountsError> {
    let last = span.slot_of(now.before(Span::Hour.slot() + SPREAD + PATIENCE));
    let slots: Vec<Slot> = span.slots_upto(last).collect();
    let mut found: BTreeMap<Slot, Sample> = BTreeMap::new();
    for (slot, sample) in table::read(accounts, span, slots[0], last).await? {
        let all = found.entry(slot).or_default();
        *all = all.plus(&sample);
    }
    let point = |slot: Slot| Point { at: slot.begins_at(), sample: found.get(&slot).copied() };
    Ok(slots.into_iter().map(point).collect())
}

#[cfg(test)]
mod tests {
    use cloakroom_stores::StoreUrl;

    use super::*;
    use crate::metrics::Totals;
    use crate::samples::tally::Tally;

    /// A minute in the middle of everything.
    const NOW: Timestamp = Timestamp::from_millis(1_795_311_900_000 + 7 * 60_000);

    fn minutes_ago(minutes: u64) -> Timestamp {
        NOW.before(Duration::from_mins(minutes))
    }

    /// An instance that has counted so many sign-ins by each of these moments.
    async fn writes(accounts: &Accounts, instance: &str, counted: &[(Timestamp, u64, Option<u64>)]) {
        let mut tally = Tally::default();
        for (at, sign_ins, sessions) in counted {
            tally.take(&Totals { sign_ins: *sign_ins, ..Totals::default() }, *at, *sessions);
            for (key, sample) in tally.unwritten() {
                // Twice, as after an answer that was lost.
                table::write(accounts, key, instance, &sample).await.unwrap();
                table::write(accounts, key, instance, &sample).await.unwrap();
                tally.settle(key);
            }
        }
    }

    /// The slots in which anything is known: how far from the last, how many sign-ins, how many sessions.
    async fn known(accounts: &Accounts, span: Span) -> Vec<(usize, u64, Option<u64>)> {
        let points = series(accounts, span, NOW).await.unwrap();
        assert_eq!(points.len(), span.slots());
        let known = points.iter().rev().enumerate();
        known
            .filter_map(|(back, point)| {
                point.sample.map(|sample| (back, sample.totals.sign_ins, sample.sessions))
            })
            .collect()
    }

    async fn what_instances_write_is_added_up_once(url: &StoreUrl) {
        let accounts = Accounts::open(url).await.unwrap();
        writes(&accounts, "000000000000000a", &[(minutes_ago(5), 3, Some(40)), (minutes_ago(4), 10, None)])
            .await;
        // Started again under another name, and beside a second one.
        writes(&accounts, "000000000000000b", &[(minutes_ago(4), 1, Some(41)), (minutes_ago(20), 5, None)])
            .await;
        writes(&accounts, "000000000000000c", &[(minutes_ago(60 * 24 * 30), 1000, Some(1))]).await;
        assert_eq!(known(&accounts, Span::Hour).await, [(2, 8, Some(41)), (3, 3, Some(40)), (18, 4, None)]);
        assert_eq!(known(&accounts, Span::Day).await, [(0, 11, Some(41)), (1, 4, None)]);
        assert_eq!(known(&accounts, Span::Week).await, [(0, 15, Some(41))]);
        table::forget(&accounts, NOW).await.unwrap();
        let all = table::read(&accounts, Span::Week, Slot(0), Span::Week.slot_of(NOW)).await.unwrap();
        assert_eq!(all.len(), 2, "what nobody looks at is gone, and nothing else");
        assert_eq!(known(&accounts, Span::Day).await.len(), 2);
    }

    #[tokio::test]
    async fn in_sqlite_what_instances_write_is_added_up_once_and_a_gap_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display()).parse().unwrap();
        what_instances_write_is_added_up_once(&url).await;
    }

    #[cfg(feature = "servers")]
    #[tokio::test(flavor = "multi_thread")]
    async fn in_postgres_and_mariadb_too() {
        use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};
        let postgres = Postgres::start(&PostgresSettings::default()).unwrap();
        what_instances_write_is_added_up_once(&postgres.create_schema("samples").unwrap().parse().unwrap())
            .await;
        let mariadb = MariaDb::start(&MariaDbSettings::default()).unwrap();
        mariadb.create_database("samples").unwrap();
        what_instances_write_is_added_up_once(&mariadb.url("samples").parse().unwrap()).await;
    }
}
