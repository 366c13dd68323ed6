//! How databases find users among many: by an index, in its order, whatever is asked for.

use cloakroom_stores::{Datum, StoreUrl};

use crate::accounts::Accounts;
use crate::accounts::statements::{SEARCH, SEARCH_BY_EMAIL};

/// What stands before a statement to be told how it is carried out, and where a line of the answer says it.
struct Asking {
    explain: &'static str,
    column: usize,
}

/// Texts that live as long as the tests do, as statements have to.
fn lasting(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[cfg(feature = "servers")]
async fn change(accounts: &Accounts, statement: String) {
    use cloakroom_stores::Part;

    let parts: &'static [Part] = Box::leak(Box::new([Part::May(lasting(statement))]));
    let _done = accounts.change("prepare a test", parts, Vec::new()).await.unwrap();
}

/// The statements with values for each, and the index that has to carry it out.
fn questions() -> Vec<(&'static str, Vec<Datum>, &'static str)> {
    let text = |text: &str| Datum::Text(text.to_owned());
    let range = |more: &[Datum]| [&[text("user1"), text("user1\u{7f}"), Datum::Number(26)], more].concat();
    let email = vec![text("user1"), text("user1\u{7f}"), Datum::Number(250), text("")];
    vec![
        (SEARCH[0], range(&[]), "name"),
        (SEARCH[1], range(&[text("auditor")]), "cloakroom_users_by_role"),
        (SEARCH[2], range(&[Datum::Number(1)]), "cloakroom_users_by_state"),
        // Without statistics SQLite may take that of roles or of states alone, and look at the rest in the order of names.
        (SEARCH[3], range(&[text("auditor"), Datum::Number(1)]), "cloakroom_users_by_"),
        (SEARCH_BY_EMAIL, email, "cloakroom_profiles_by_email"),
    ]
}

async fn check(accounts: &Accounts, asking: &Asking, wrong: &[&str]) {
    for (statement, values, index) in questions() {
        let asked = lasting(format!("{} {statement}", asking.explain));
        let lines = accounts.read("explain", asked, values).await.unwrap();
        let plan: Vec<&str> = lines.iter().filter_map(|line| line.text(asking.column)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index), "{statement}:\n{plan}");
        for wrong in wrong {
            assert!(!plan.contains(wrong), "{statement}:\n{plan}");
        }
    }
}

#[tokio::test]
async fn sqlite_finds_users_by_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let url: StoreUrl = format!("sqlite:{}", folder.path().join("a.db").display()).parse().unwrap();
    let accounts = Accounts::open(&url).await.unwrap();
    // It plans by the statements alone as long as nobody runs ANALYZE.
    let asking = Asking { explain: "EXPLAIN QUERY PLAN", column: 3 };
    check(&accounts, &asking, &["SCAN", "TEMP B-TREE"]).await;
}

#[cfg(feature = "servers")]
#[tokio::test(flavor = "multi_thread")]
async fn postgres_finds_users_by_their_indexes() {
    use cloakroom_test_servers::{Postgres, PostgresSettings};

    let server = Postgres::start(&PostgresSettings::default()).unwrap();
    let url: StoreUrl = server.url("postgres").parse().unwrap();
    let accounts = Accounts::open(&url).await.unwrap();
    let roles = "CASE WHEN i % 50 = 0 THEN 'auditor' ELSE 'member' END";
    let disabled = "CASE WHEN i % 20 = 0 THEN 1 END";
    for statement in [
        format!(
            "INSERT INTO cloakroom_users
                (id, name, name_as_typed, role, password_hash, password_changed_at_ms, created_at_ms, disabled_at_ms)
                SELECT md5(i::text), 'user' || i, 'user' || i, {roles}, '!', 1, 1, {disabled} FROM generate_series(1, 20000) AS i"
        ),
        "INSERT INTO cloakroom_profiles (user_id, email, group_names, version)
            SELECT md5(i::text), 'user' || i || '@example.org', '', 0 FROM generate_series(1, 20000) AS i"
            .to_owned(),
        "ANALYZE".to_owned(),
    ] {
        change(&accounts, statement).await;
    }
    check(&accounts, &Asking { explain: "EXPLAIN", column: 0 }, &["Seq Scan", "Sort"]).await;
}
