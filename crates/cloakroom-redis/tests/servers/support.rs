//! Stores for tests, each below a prefix of its own, and what the tests put into them.

use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom_core::store::{
    ErrorKind, Insert, Inserted, Loaded, Row, RowBody, Store as _, StoreError, SubjectIndex as _,
    SubjectInsert, SubjectInserted, Version,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_redis::{RedisOptions, RedisStore};
use cloakroom_test_servers::{RedisServer, Reply};
use cloakroom_testkit::Fixture;
use cloakroom_testkit::entropy::Seeded;

/// Longer than any answer takes on a busy machine; tests of silence set their own.
pub(crate) const PATIENT: &str = "connect_ms=10000&answer_ms=10000";

/// When sessions of tests begin.
pub(crate) const START_MS: u64 = 1_700_000_000_000;

/// A store at this URL that nobody else has keys of.
pub(crate) async fn fixture(url: &str) -> Fixture<RedisStore> {
    static STORES: AtomicU64 = AtomicU64::new(0);
    let number = STORES.fetch_add(1, Ordering::Relaxed);
    let options: RedisOptions =
        format!("{url}?{PATIENT}&prefix=t{number}").parse().expect("the URL names servers");
    let store = opened(&options).await;
    Fixture::new(store).opened_again_by(move || {
        let options = options.clone();
        async move { opened(&options).await }
    })
}

pub(crate) async fn open(url: &str, parameters: &str) -> RedisStore {
    opened(&format!("{url}?{parameters}").parse().expect("the URL names servers")).await
}

async fn opened(options: &RedisOptions) -> RedisStore {
    RedisStore::open_with(options).await.expect("the servers were started")
}

pub(crate) fn id(number: u64) -> SessionId {
    SessionId::from_octets(Seeded::new(number).octets())
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).expect("names in tests are legal subjects")
}

/// A session as applications have them: a body of 64 octets.
pub(crate) fn row(subject: Option<&Subject>) -> Row {
    Row {
        subject: subject.cloned(),
        created_at: Timestamp::from_millis(START_MS),
        last_seen_at: Timestamp::from_millis(START_MS),
        expires_at: Timestamp::from_millis(START_MS + 1_800_000),
        address: None,
        body: RowBody::from_slice(&[7; 64]),
    }
}

/// A visitor's session.
pub(crate) async fn begin(store: &RedisStore, id: SessionId) {
    let inserted =
        store.insert(Insert { id, row: &row(None), replaces: None }).await.expect("the server works");
    assert_eq!(inserted, Inserted::Done);
}

/// A session of a subject; gives its ID.
pub(crate) async fn sign_in(
    store: &RedisStore,
    subject: &Subject,
    number: u64,
) -> Result<SessionId, StoreError> {
    let id = store.place(id(number), subject);
    let row = row(Some(subject));
    let insert = Insert { id, row: &row, replaces: None };
    let fence = store.fence(subject).await?;
    let terms = SubjectInsert { insert, fence, cap: None, now: row.created_at };
    match store.insert_for_subject(terms).await? {
        SubjectInserted::Done { .. } => Ok(id),
        inserted => panic!("{inserted:?}"),
    }
}

/// What a fresh session of this subject loads as.
#[expect(clippy::unnecessary_wraps, reason = "it is held against answers that may be none")]
pub(crate) fn fresh(subject: Option<&Subject>) -> Option<Loaded> {
    Some(Loaded { row: row(subject), version: Version::FIRST })
}

/// Tries again until it succeeds, as the next request of a user does while servers fail over; the trouble meanwhile must
/// be one that may pass.
pub(crate) async fn until_it_works<T>(mut attempt: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    for _ in 0..600 {
        match attempt().await {
            Ok(answer) => return answer,
            Err(error) => assert!(error.may_pass(), "{error:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the store has not come back");
}

pub(crate) fn kind<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> ErrorKind {
    answer.expect_err("it is to fail").kind()
}

/// How often the server was asked for each of these commands.
pub(crate) fn calls(server: &RedisServer, commands: &[&str]) -> Vec<u64> {
    let info = server.command(&["INFO", "commandstats"]).expect("the server answers");
    let count = |command: &&str| {
        let stats = info.info(&format!("cmdstat_{command}"))?;
        stats.strip_prefix("calls=")?.split(',').next()?.parse().ok()
    };
    commands.iter().map(|command| count(command).unwrap_or(0)).collect()
}

pub(crate) fn number(reply: &Reply, name: &str) -> u64 {
    reply.info(name).and_then(|value| value.trim().parse().ok()).expect("the server tells this number")
}
