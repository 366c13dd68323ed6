//! A process that is killed loses nothing that it had acknowledged, and brings nothing back.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::HashSet;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cloakroom_core::store::{
    Insert, Inserted, Revoked, Row, RowBody, Store, SubjectIndex, SubjectInsert, SubjectInserted,
};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_sql::SqliteStore;
use tempfile::tempdir;

const NAME: &str = "what_was_acknowledged_outlives_a_kill_and_what_was_ended_stays_ended";
const FILE: &str = "CLOAKROOM_CRASH_TEST_FILE";
const FIRST: &str = "CLOAKROOM_CRASH_TEST_FIRST";
const KILLS: u64 = 25;
const CLIENTS: u64 = 8;

/// What the child says, one line for each; a line that is there was said by a process that lived.
const CREATED: &str = "created";
const ENDING: &str = "ending";
const ENDED: &str = "ended";

#[test]
fn what_was_acknowledged_outlives_a_kill_and_what_was_ended_stays_ended() {
    if let Ok(file) = env::var(FILE) {
        let first = env::var(FIRST).unwrap().parse().unwrap();
        runtime().block_on(live_until_killed(Path::new(&file), first));
        return;
    }
    let folder = tempdir().unwrap();
    let file = folder.path().join("cloakroom.db");
    let mut said = Said::default();
    for kill in 0..KILLS {
        // Each life is a little longer than the one before, so that the kills come at different places.
        let lines = 40 + 97 * usize::try_from(kill).unwrap();
        said.take_in(&live_and_die(&file, kill * 1_000_000, lines));
        runtime().block_on(said.agrees_with(&file));
    }
    assert!(said.created.len() > 1000 && said.ended.len() > 300, "the children did something");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

/// Starts a child on the file, kills it once it has said so many lines, and returns all that it said.
fn live_and_die(file: &Path, first: u64, lines: usize) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(FILE, file)
        .env(FIRST, first.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said: Vec<String> = output.by_ref().take(lines).map(Result::unwrap).collect();
    child.kill().unwrap();
    // What was on its way when it died was said all the same; the last line may be cut off.
    said.extend(output.map_while(Result::ok));
    child.wait().unwrap();
    said
}

/// All that the children have said so far, by session.
#[derive(Default)]
struct Said {
    created: HashSet<SessionId>,
    ending: HashSet<SessionId>,
    ended: HashSet<SessionId>,
}

impl Said {
    fn take_in(&mut self, lines: &[String]) {
        for line in lines {
            let Some((word, id)) = line.split_once(' ') else { continue };
            let Ok(id) = id.parse() else { continue };
            match word {
                CREATED => drop(self.created.insert(id)),
                ENDING => drop(self.ending.insert(id)),
                ENDED => drop(self.ended.insert(id)),
                _ => {}
            }
        }
    }

    async fn agrees_with(&self, file: &Path) {
        let store = SqliteStore::open(file).await.unwrap();
        for &id in &self.ended {
            assert_eq!(store.load(id).await.unwrap(), None, "{id} was ended, and is back");
        }
        for &id in self.created.difference(&self.ending) {
            assert!(store.load(id).await.unwrap().is_some(), "{id} was created, and is lost");
        }
    }
}

/// Signs in and out, as several clients, and says what the store has acknowledged.
async fn live_until_killed(file: &Path, first: u64) {
    let store = SqliteStore::open(file).await.unwrap();
    let next = Arc::new(AtomicU64::new(first));
    let clients: Vec<_> =
        (0..CLIENTS).map(|client| tokio::spawn(live(store.clone(), client, Arc::clone(&next)))).collect();
    for client in clients {
        client.await.unwrap();
    }
}

async fn live(store: SqliteStore, client: u64, next: Arc<AtomicU64>) {
    let subject = Subject::new(&format!("client-{client}")).unwrap();
    loop {
        let ids = [0; 4].map(|_| id(next.fetch_add(1, Ordering::Relaxed)));
        let visitor = Row { subject: None, ..row(&subject) };
        let insert = Insert { id: ids[0], row: &visitor, replaces: None };
        assert_eq!(store.insert(insert).await.unwrap(), Inserted::Done);
        say(CREATED, ids[0]);
        say(ENDING, ids[0]);
        assert_eq!(store.revoke(ids[0]).await.unwrap(), Revoked::Done);
        say(ENDED, ids[0]);
        for &id in &ids[1..] {
            let fence = store.fence(&subject).await.unwrap();
            let insert = Insert { id, row: &row(&subject), replaces: None };
            let insert = SubjectInsert { insert, fence, cap: None, now: Timestamp::EPOCH };
            let evicted = Vec::new();
            assert_eq!(store.insert_for_subject(insert).await.unwrap(), SubjectInserted::Done { evicted });
            say(CREATED, id);
        }
        let theirs = store.list(&subject).await.unwrap();
        theirs.iter().filter(|(id, _)| *id != ids[1]).for_each(|&(id, _)| say(ENDING, id));
        for id in store.revoke_subject(&subject, Some(ids[1])).await.unwrap() {
            say(ENDED, id);
        }
    }
}

fn say(word: &str, id: SessionId) {
    writeln!(std::io::stdout().lock(), "{word} {id}").unwrap();
}

fn id(number: u64) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    // The part that differs goes first, and most of it foremost: IDs are not in the order of their making.
    octets[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    octets[8..].copy_from_slice(&number.to_be_bytes());
    SessionId::from_octets(octets)
}

fn row(subject: &Subject) -> Row {
    Row {
        subject: Some(subject.clone()),
        created_at: Timestamp::from_millis(1),
        last_seen_at: Timestamp::from_millis(1),
        expires_at: Timestamp::MAX,
        address: None,
        body: RowBody::from_elem(7, 90),
    }
}
