//! Samples in the database of the accounts.

use cloakroom::Timestamp;
use cloakroom_stores::{Datum, Part, Record};

use crate::accounts::{Accounts, AccountsError};
use crate::metrics::{Buckets, Totals};
use crate::samples::sample::Sample;
use crate::samples::span::{Slot, Span};

/// Puts the row of an instance in the place of what it wrote there before.
const WRITE: &[Part] = &[
    Part::May("DELETE FROM cloakroom_samples WHERE span = $1 AND at_ms = $2 AND instance = $3"),
    Part::Must(
        "INSERT INTO cloakroom_samples (span, at_ms, instance, sign_ins, failures, revocations, sessions, lookups, changes)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    ),
];

/// Of all instances, from a slot to another.
const READ: &str =
    "SELECT at_ms, sign_ins, failures, revocations, sessions, lookups, changes FROM cloakroom_samples
    WHERE span = $1 AND at_ms >= $2 AND at_ms <= $3";

const FORGET: &[Part] = &[Part::May("DELETE FROM cloakroom_samples WHERE span = $1 AND at_ms < $2")];

/// Writes down what an instance has counted in a slot so far.
pub(super) async fn write(
    accounts: &Accounts,
    (span, slot): (Span, Slot),
    instance: &str,
    sample: &Sample,
) -> Result<(), AccountsError> {
    let Totals { sign_ins, failures, revocations, lookups, changes } = sample.totals;
    let values = vec![
        text(span.as_str()),
        number(slot.0),
        text(instance),
        number(sign_ins),
        number(failures),
        number(revocations),
        sample.sessions.map_or(Datum::Null, number),
        Datum::Text(lookups.to_text()),
        Datum::Text(changes.to_text()),
    ];
    accounts.change("write down a sample", WRITE, values).await.map(drop)
}

/// What all instances have written down, in no order.
pub(super) async fn read(
    accounts: &Accounts,
    span: Span,
    first: Slot,
    last: Slot,
) -> Result<Vec<(Slot, Sample)>, AccountsError> {
    let values = vec![text(span.as_str()), number(first.0), number(last.0)];
    let rows = accounts.read("read samples", READ, values).await?;
    rows.iter().map(sample).collect()
}

/// Removes what nobody looks at any more.
pub(super) async fn forget(accounts: &Accounts, now: Timestamp) -> Result<(), AccountsError> {
    for span in Span::ALL {
        let values = vec![text(span.as_str()), number(span.oldest(now).0)];
        let _may_be_none = accounts.change("forget old samples", FORGET, values).await?;
    }
    Ok(())
}

fn sample(row: &Record) -> Result<(Slot, Sample), AccountsError> {
    let unreadable = |column| AccountsError::Unreadable { column };
    let count = |place: usize, column| {
        row.number(place).and_then(|number| u64::try_from(number).ok()).ok_or(unreadable(column))
    };
    let buckets =
        |place: usize, column| row.text(place).and_then(Buckets::from_text).ok_or(unreadable(column));
    let totals = Totals {
        sign_ins: count(1, "sign_ins")?,
        failures: count(2, "failures")?,
        revocations: count(3, "revocations")?,
        lookups: buckets(5, "lookups")?,
        changes: buckets(6, "changes")?,
    };
    let sessions = row.number(4).and_then(|sessions| u64::try_from(sessions).ok());
    Ok((Slot(count(0, "at_ms")?), Sample { totals, sessions }))
}

fn text(text: &str) -> Datum {
    Datum::Text(text.to_owned())
}

fn number(number: u64) -> Datum {
    Datum::Number(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the query plan's index shows in the file that every installation begins with.
    #[tokio::test]
    async fn samples_are_found_and_forgotten_by_the_key_of_their_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let _made = Accounts::open(&format!("sqlite:{}", path.display()).parse().unwrap()).await.unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        let [delete, _] = WRITE else { panic!("two parts") };
        let statements = [READ, part(delete), part(&FORGET[0])];
        for statement in statements {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
            let values = vec![rusqlite::types::Value::Null; plan.parameter_count()];
            let steps =
                plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(
                steps.len() == 1 && steps[0].contains("USING PRIMARY KEY (span=? AND at_ms"),
                "{steps:?}"
            );
        }
    }

    fn part(part: &Part) -> &'static str {
        match part {
            Part::May(statement) | Part::Must(statement) => statement,
        }
    }
}
