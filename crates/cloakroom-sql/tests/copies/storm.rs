//! Many at once: readers ask what they know to be acknowledged, while two stores and a stranger write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use cloakroom_core::store::{Insert, Revoked, Store, Swap, Version};
use cloakroom_sql::SqliteStore;
use rusqlite::{Connection, params};
use tokio::runtime::Handle;

use super::scene::{Scene, from_memory, id, row};

const SLOTS_OF_EACH: usize = 6;
const WRITES_OF_EACH: usize = 150;

/// What has been acknowledged of a place: which session is there, and its least version. Both only rise.
struct Slot {
    number: u64,
    acknowledged: AtomicU64,
}

impl Slot {
    fn new(number: u64) -> Self {
        let slot = Self { number, acknowledged: AtomicU64::new(0) };
        slot.acknowledge(1, 1);
        slot
    }

    fn acknowledge(&self, life: u64, version: u64) {
        self.acknowledged.store(life << 32 | version, Ordering::SeqCst);
    }

    fn known(&self) -> (u64, u64) {
        let known = self.acknowledged.load(Ordering::SeqCst);
        (known >> 32, known & 0xffff_ffff)
    }

    /// The number of the session in one of its lives.
    fn session(&self, life: u64) -> u64 {
        self.number * 1_000_000 + life
    }
}

/// Who writes to some of the slots.
enum Writer {
    Store(SqliteStore),
    Stranger(Connection),
}

impl Writer {
    async fn write(&self, slot: &Slot, turn: usize) {
        let (life, version) = slot.known();
        let session = slot.session(life);
        if turn % 5 == 4 {
            self.end(session).await;
            slot.acknowledge(life + 1, 0);
            self.begin(slot.session(life + 1)).await;
            slot.acknowledge(life + 1, 1);
        } else {
            self.raise(session, version).await;
            slot.acknowledge(life, version + 1);
        }
    }

    async fn end(&self, session: u64) {
        match self {
            Self::Store(store) => assert_eq!(store.revoke(id(session)).await.unwrap(), Revoked::Done),
            Self::Stranger(connection) => {
                let written =
                    connection.execute("DELETE FROM sessions WHERE id = ?1", [id(session).as_octets()]);
                assert_eq!(written.unwrap(), 1);
            }
        }
    }

    async fn begin(&self, session: u64) {
        match self {
            Self::Store(store) => {
                let insert = Insert { id: id(session), row: &row(), replaces: None };
                let _ = store.insert(insert).await.unwrap();
            }
            Self::Stranger(connection) => {
                const SQL: &str = "INSERT INTO sessions VALUES (?1, NULL, 1, 1, 100, NULL, 1, x'00')";
                connection.execute(SQL, params![id(session).as_octets()]).unwrap();
            }
        }
    }

    async fn raise(&self, session: u64, version: u64) {
        match self {
            Self::Store(store) => {
                let swap = store.replace(id(session), Version::from_number(version), &row()).await.unwrap();
                assert_eq!(swap, Swap::Done(Version::from_number(version + 1)));
            }
            Self::Stranger(connection) => {
                const SQL: &str = "UPDATE sessions SET version = version + 1 WHERE id = ?1";
                assert_eq!(connection.execute(SQL, [id(session).as_octets()]).unwrap(), 1);
            }
        }
    }
}

/// Asks until it is told to stop; returns how often memory answered.
fn ask(store: &SqliteStore, slots: &[Slot], runtime: &Handle, stop: &AtomicBool) -> u64 {
    let mut answered = 0;
    while !stop.load(Ordering::SeqCst) {
        for slot in slots {
            let (life, version) = slot.known();
            if life > 1 {
                assert_eq!(from_memory(store, slot.session(life - 1)), None, "it has ended");
            }
            match from_memory(store, slot.session(life)) {
                Some(loaded) => {
                    answered += 1;
                    let found = loaded.version.number();
                    assert!(found >= version, "{found} where {version} was acknowledged");
                }
                None => drop(runtime.block_on(store.load(id(slot.session(life)))).unwrap()),
            }
        }
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_from_memory_is_older_than_what_was_acknowledged_before_it_was_asked_for() {
    let scene = Scene::of([]).await;
    let other = SqliteStore::open(&scene.path).await.unwrap();
    let writers = [
        Writer::Store(scene.store.clone()),
        Writer::Store(other.clone()),
        Writer::Stranger(scene.stranger()),
    ];
    let slots: Arc<Vec<Slot>> = Arc::new((0..).map(Slot::new).take(SLOTS_OF_EACH * writers.len()).collect());
    for slot in slots.iter() {
        scene.put(slot.session(1)).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = [&scene.store, &other, &scene.store]
        .map(|store| {
            let (store, slots, stop) = (store.clone(), Arc::clone(&slots), Arc::clone(&stop));
            let runtime = Handle::current();
            thread::spawn(move || ask(&store, &slots, &runtime, &stop))
        })
        .into();
    let housekeeper = thread::spawn({
        let (connection, stop) = (scene.stranger(), Arc::clone(&stop));
        move || keep_house(&connection, &stop)
    });
    let writing = writers.into_iter().zip(0_usize..).map(|(writer, first)| {
        let (slots, runtime) = (Arc::clone(&slots), Handle::current());
        thread::spawn(move || {
            let own = &slots[first * SLOTS_OF_EACH..][..SLOTS_OF_EACH];
            for turn in 0..WRITES_OF_EACH {
                runtime.block_on(writer.write(&own[turn % SLOTS_OF_EACH], turn / SLOTS_OF_EACH));
            }
        })
    });
    for writer in writing.collect::<Vec<_>>() {
        writer.join().unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    housekeeper.join().unwrap();
    for reader in readers {
        let answered = reader.join().unwrap();
        assert!(answered > 1000, "memory answered {answered} times");
    }
}

/// Does to the file what administrators do.
fn keep_house(connection: &Connection, stop: &AtomicBool) {
    let acts =
        ["PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(RESTART)", "PRAGMA optimize"];
    for act in acts.iter().cycle() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        // Who reads or writes all the time may keep it from being done.
        let _ = connection.execute_batch(act);
        thread::yield_now();
    }
}
