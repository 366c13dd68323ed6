//! How the databases carry out what is asked of the trail: by an index, however long it is.

use cloakroom_stores::{Changed, Datum, Part, StoreUrl};

use crate::accounts::Accounts;
use crate::events::statements::{AFTER, page_by};

/// So many events, of 40 kinds, 500 users and 200 addresses.
macro_rules! events {
    ($number:literal, $from:literal) => {
        concat!(
            "INSERT INTO cloakroom_events (id, at_ms, kind, severity, subject, address, actor, instance, number) SELECT ",
            $number, ", ", $number, " * 10, CONCAT('kind_', ", $number, " % 40), 'info', CONCAT('subject_', ", $number,
            " % 500), CONCAT('192.0.2.', ", $number, " % 200), 'gateway', '0123456789abcdef', ", $number, " FROM ", $from
        )
    };
}

/// The plans of every statement that pages are made of, each with the name of the index that it has to go by.
async fn explained(accounts: &Accounts, explain: &str) -> Vec<(String, Vec<String>, &'static str)> {
    let (text, number) = (|text: &str| Datum::Text(text.to_owned()), Datum::Number);
    let mut plans = Vec::new();
    for place in 0..8 {
        let [subject, kind, address] = [place & 1 > 0, place & 2 > 0, place & 4 > 0];
        let mut values = vec![number(150_000), number(15_000), number(0), number(21)];
        values.extend(subject.then(|| text("subject_7")));
        values.extend(kind.then(|| text("kind_7")));
        values.extend(address.then(|| text("192.0.2.7")));
        let index = match place {
            0 => "cloakroom_events_by_time",
            1 => "cloakroom_events_by_subject",
            2 => "cloakroom_events_by_kind",
            4 => "cloakroom_events_by_address",
            // Any of those that fit.
            _ => "cloakroom_events_by_",
        };
        plans.push((page_by(subject, kind, address), values, index));
    }
    plans.push((AFTER, vec![number(19_000), number(100)], ""));
    let mut answers = Vec::new();
    for (statement, values, index) in plans {
        let asked: &'static str = format!("{explain} {statement}").leak();
        let rows = accounts.read("explain", asked, values).await.unwrap();
        let steps = rows
            .iter()
            .map(|row| (0..12).filter_map(|column| row.text(column)).collect::<Vec<_>>().join(" "));
        answers.push((statement.to_owned(), steps.collect(), index));
    }
    answers
}

async fn filled(url: &StoreUrl, parts: &'static [Part]) -> Accounts {
    let accounts = Accounts::open(url).await.unwrap();
    assert_eq!(accounts.change("fill", parts, Vec::new()).await.unwrap(), Changed::Done);
    accounts
}

#[tokio::test]
async fn sqlite_reads_the_trail_by_its_indexes_and_sorts_nothing() {
    const FILL: &[Part] = &[
        Part::Must(events!(
            "n",
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000) SELECT n FROM numbers)"
        )),
        Part::May("ANALYZE cloakroom_events"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display()).parse().unwrap();
    for (statement, steps, index) in explained(&filled(&url, FILL).await, "EXPLAIN QUERY PLAN").await {
        let by = if index.is_empty() { "USING INTEGER PRIMARY KEY" } else { index };
        assert!(
            steps.iter().all(|step| step.contains("SEARCH") && step.contains(by)),
            "{statement}: {steps:?}"
        );
    }
}

#[cfg(feature = "servers")]
mod servers {
    use cloakroom_test_servers::{MariaDb, MariaDbSettings, Postgres, PostgresSettings};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres_reads_the_trail_by_its_indexes() {
        const FILL: &[Part] = &[
            Part::Must(events!("n", "generate_series(1, 20000) AS n")),
            Part::May("ANALYZE cloakroom_events"),
        ];
        let server = Postgres::start(&PostgresSettings::default()).unwrap();
        let url = server.create_schema("trail").unwrap().parse().unwrap();
        for (statement, steps, index) in explained(&filled(&url, FILL).await, "EXPLAIN").await {
            let plan = steps.join("\n");
            let by = if index.is_empty() { "cloakroom_events_pkey" } else { index };
            assert!(plan.contains(by) && !plan.contains("Seq Scan"), "{statement}:\n{plan}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn mariadb_reads_the_trail_by_its_indexes() {
        const FILL: &[Part] = &[Part::Must(events!("seq", "seq_1_to_20000"))];
        let server = MariaDb::start(&MariaDbSettings::default()).unwrap();
        server.create_database("trail").unwrap();
        let url = server.url("trail").parse().unwrap();
        let accounts = filled(&url, FILL).await;
        accounts.read("analyze", "ANALYZE TABLE cloakroom_events", Vec::new()).await.unwrap();
        for (statement, steps, index) in explained(&accounts, "EXPLAIN").await {
            let plan = steps.join("\n");
            let by = if index.is_empty() { "PRIMARY" } else { index };
            assert!(plan.contains(by) && !plan.contains(" ALL "), "{statement}:\n{plan}");
        }
    }
}
