//! What the SQLite store costs, beside the plain way of doing the same in the same run.
//!
//! `cargo bench -p cloakroom-sql` runs all of it, `cargo bench -p cloakroom-sql -- reads` a part: `inserts`, `reads`,
//! `reopening`, `purge`. It needs a gigabyte in the folder for temporary files, on a disk worth measuring.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::doc_markdown, reason = "SQLite is a name in a sentence, not code")]

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cloakroom_core::store::{Insert, Inserted, Row, RowBody, Store, Touch, Touched};
use cloakroom_core::{SessionId, Subject, Timestamp};
use cloakroom_sql::SqliteStore;
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

const CLIENTS: u64 = 32;
const ROUNDS: usize = 7;
const MILLION: u64 = 1_000_000;
const INSERT: &str = "INSERT INTO sessions VALUES (?1, ?2, ?3, ?3, ?4, '192.0.2.17', 1, ?5)";

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [role, file] = arguments.as_slice()
        && role == "child"
    {
        return Runtime::new()?.block_on(write_until_killed(Path::new(file)));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    let runtime = Runtime::new()?;
    if wanted("inserts") {
        inserts(&runtime)?;
    }
    if ["reads", "reopening", "purge"].into_iter().any(wanted) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("million.db");
        fill(&path)?;
        if wanted("reads") {
            reads(&runtime, &path)?;
        }
        if wanted("reopening") {
            reopening(&path)?;
        }
        if wanted("purge") {
            runtime.block_on(purge(&path))?;
        }
    }
    Ok(())
}

/// IDs as good as random, and the same in every run.
fn id(number: u64) -> SessionId {
    let mut octets = [0; SessionId::LEN];
    octets[..8].copy_from_slice(&mixed(number).to_be_bytes());
    octets[8..].copy_from_slice(&mixed(!number).to_be_bytes());
    SessionId::from_octets(octets)
}

/// The finalizer of SplitMix64: one to one, and without a pattern.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn subject(number: u64) -> String {
    format!("user-{}", mixed(number) % 250_000)
}

fn row(number: u64) -> Result<Row, Box<dyn Error + Send + Sync>> {
    Ok(Row {
        subject: Some(Subject::new(&subject(number))?),
        created_at: Timestamp::from_millis(number),
        last_seen_at: Timestamp::from_millis(number),
        expires_at: Timestamp::from_millis(number + 3_600_000),
        address: Some("192.0.2.17".parse()?),
        body: RowBody::from_elem(7, 90),
    })
}

fn insert_plainly(connection: &Connection, number: u64) -> rusqlite::Result<()> {
    let id = id(number);
    let row = params![
        id.as_octets(),
        subject(number),
        number.cast_signed(),
        number.cast_signed() + 3_600_000,
        [7_u8; 90]
    ];
    connection.prepare_cached(INSERT)?.execute(row).map(drop)
}

fn median(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[0], values[values.len() - 1])
}

fn per_second(count: u64, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
    let count = count as f64;
    count / time.as_secs_f64()
}

/// Octets that this process has handed to the disk, where the system tells.
fn octets_written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    io.lines().find_map(|line| line.strip_prefix("write_bytes: ")?.parse().ok()).unwrap_or(0)
}

/// Durable sessions per second with 32 clients, ours and the plain way in turns.
fn inserts(runtime: &Runtime) -> Outcome {
    let folder = tempfile::tempdir()?;
    let (ours, plain) = (folder.path().join("ours.db"), folder.path().join("plain.db"));
    // Both ways write the same tables.
    drop(SqliteStore::open_blocking(&plain)?);
    let connection = Connection::open(&plain)?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    let plain = Mutex::new(connection);
    let store = runtime.block_on(SqliteStore::open(&ours))?;
    let (mut grouped, mut single, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut times = Vec::new();
    for round in 0..ROUNDS as u64 {
        let one = insert_one_by_one(&plain, round * 100_000)?;
        let (many, waits) = runtime.block_on(insert_grouped(&store, round * 100_000))?;
        times.extend(waits);
        single.push(one);
        grouped.push(many);
        ratios.push(many / one);
    }
    let (grouped, single, ratios) = (median(grouped), median(single), median(ratios));
    println!("durable inserts/s, {CLIENTS} clients: {:.0} ({:.0}-{:.0})", grouped.0, grouped.1, grouped.2);
    println!("  each: {}", spread(times));
    println!("  one commit each, one connection: {:.0} ({:.0}-{:.0})", single.0, single.1, single.2);
    println!("  ratio: {:.1} ({:.1}-{:.1})", ratios.0, ratios.1, ratios.2);
    Ok(())
}

const ROUND: Duration = Duration::from_secs(2);

fn insert_one_by_one(
    connection: &Mutex<Connection>,
    first: u64,
) -> Result<f64, Box<dyn Error + Send + Sync>> {
    let (next, begin) = (AtomicU64::new(first), Instant::now());
    std::thread::scope(|scope| {
        let client = || -> Outcome {
            while begin.elapsed() < ROUND {
                let number = next.fetch_add(1, Ordering::Relaxed);
                insert_plainly(&*connection.lock().map_err(|_| "a client panicked")?, number)?;
            }
            Ok(())
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked")?)
    })?;
    Ok(per_second(next.into_inner() - first, begin.elapsed()))
}

async fn insert_grouped(
    store: &SqliteStore,
    first: u64,
) -> Result<(f64, Vec<f64>), Box<dyn Error + Send + Sync>> {
    let begin = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while begin.elapsed() < ROUND {
                    let number = first + client + CLIENTS * times.len() as u64;
                    let insert = Insert { id: id(number), row: &row(number)?, replaces: None };
                    let asked = Instant::now();
                    assert_eq!(store.insert(insert).await?, Inserted::Done);
                    times.push(asked.elapsed().as_secs_f64() * 1e3);
                }
                Ok::<_, Box<dyn Error + Send + Sync>>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let rate = per_second(times.len() as u64, begin.elapsed());
    Ok((rate, times))
}

/// A file with a million sessions, which end one after the other.
fn fill(path: &Path) -> Outcome {
    drop(SqliteStore::open_blocking(path)?);
    let mut connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000")?;
    let transaction = connection.transaction()?;
    for number in 0..MILLION {
        insert_plainly(&transaction, number)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Look-ups in a million sessions.
fn reads(runtime: &Runtime, path: &Path) -> Outcome {
    const READS: u64 = 100_000;
    let store = runtime.block_on(SqliteStore::open(path))?;
    for (name, spread) in [("at random", MILLION), ("of one session", 1)] {
        let mut times = Vec::new();
        for round in 0..ROUNDS as u64 {
            let begin = Instant::now();
            runtime.block_on(async {
                for number in 0..READS {
                    let id = id(mixed(number + round * READS) % spread);
                    assert!(store.load(id).await?.is_some());
                }
                Ok::<_, Box<dyn Error + Send + Sync>>(())
            })?;
            times.push(1e9 / per_second(READS, begin.elapsed()));
        }
        let (time, best, worst) = median(times);
        println!(
            "look-up among a million, {name}: {time:.0} ns ({best:.0}-{worst:.0}), {:.0}/s on one core",
            1e9 / time
        );
    }
    Ok(())
}

/// Opening the file after a process that wrote to it was killed.
fn reopening(path: &Path) -> Outcome {
    let mut times = Vec::new();
    let mut log_octets = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe()?)
            .arg("child")
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("no output of the child")?);
        for line in output.lines().take(1000 + 4000 * round) {
            line?;
        }
        child.kill()?;
        child.wait()?;
        log_octets = log_octets.max(path.with_extension("db-wal").metadata()?.len());
        let begin = Instant::now();
        let store = SqliteStore::open_blocking(path)?;
        let read = Runtime::new()?.block_on(store.load(id(1)))?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
        assert!(read.is_some());
    }
    let (time, best, worst) = median(times);
    println!(
        "open and read after kill -9, a million sessions: {time:.1} ms ({best:.1}-{worst:.1}), log up to {} KiB",
        log_octets >> 10
    );
    Ok(())
}

async fn write_until_killed(path: &Path) -> Outcome {
    let store = SqliteStore::open(path).await?;
    let next = Arc::new(AtomicU64::new(MILLION * u64::from(std::process::id())));
    let clients = (0..CLIENTS).map(|_| {
        let (store, next) = (store.clone(), next.clone());
        tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let row = row(number)?;
                assert_eq!(
                    store.insert(Insert { id: id(number), row: &row, replaces: None }).await?,
                    Inserted::Done
                );
                writeln!(std::io::stdout().lock(), "{number}")?;
            }
        })
    });
    let clients: Vec<tokio::task::JoinHandle<Outcome>> = clients.collect();
    for client in clients {
        client.await??;
    }
    Ok(())
}

/// Purging a million expired sessions while somebody signs in, again and again; before it, the same without a purge.
///
/// The control is a file of its own that is written and synced all the time: what the disk and its other users do to anybody.
async fn purge(path: &Path) -> Outcome {
    const ROWS: usize = 10_000;
    let store = SqliteStore::open(path).await?;
    let rows = store.rows().await?;
    let quiet = (SignIns::begin(&store, 1), Control::begin(path)?);
    tokio::task::spawn_blocking(|| std::thread::park_timeout(Duration::from_secs(20))).await?;
    println!("durable inserts without a purge: {}", quiet.0.end().await?);
    println!("  control: {}", quiet.1.end()?);

    let (begin, written, mut removed) = (Instant::now(), octets_written(), 0);
    let busy = (SignIns::begin(&store, 2), Control::begin(path)?);
    let now = Timestamp::from_millis(1 << 49);
    loop {
        let some = store.purge(now, ROWS).await?;
        removed += some;
        if some < ROWS {
            break;
        }
    }
    let (time, written) = (begin.elapsed(), octets_written() - written);
    println!("durable inserts during a purge: {}", busy.0.end().await?);
    println!("  control: {}", busy.1.end()?);
    println!("the purge: {removed} of {rows} in {:.1} s, {} MiB written", time.as_secs_f64(), written >> 20);
    Ok(())
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let (count, worst) = (times.len(), times[times.len() - 1]);
    let (half, most) = (times[count / 2], times[count * 99 / 100]);
    format!("{count}, median {half:.2} ms, 99 % {most:.1} ms, worst {worst:.1} ms")
}

/// Somebody else on the same disk.
struct Control {
    enough: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<std::io::Result<Vec<f64>>>,
}

impl Control {
    fn begin(path: &Path) -> std::io::Result<Self> {
        let mut file = std::fs::File::create(path.with_extension("control"))?;
        let enough = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let enough = Arc::clone(&enough);
            move || {
                let mut times = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    file.seek(SeekFrom::Start(0))?;
                    file.write_all(&[7; 4096])?;
                    file.sync_all()?;
                    times.push(begin.elapsed().as_secs_f64() * 1e3);
                    std::thread::park_timeout(Duration::from_millis(5));
                }
                Ok(times)
            }
        });
        Ok(Self { enough, thread })
    }

    fn end(self) -> Result<String, Box<dyn Error + Send + Sync>> {
        self.enough.store(true, Ordering::Relaxed);
        Ok(spread(self.thread.join().map_err(|_| "the control panicked")??))
    }
}

/// A client that signs in and is active, again and again.
struct SignIns {
    enough: Arc<AtomicBool>,
    client: tokio::task::JoinHandle<Result<Vec<f64>, Box<dyn Error + Send + Sync>>>,
}

impl SignIns {
    fn begin(store: &SqliteStore, series: u64) -> Self {
        let (store, enough) = (store.clone(), Arc::new(AtomicBool::new(false)));
        let client = tokio::spawn({
            let enough = Arc::clone(&enough);
            async move {
                let mut times = Vec::new();
                let far = Timestamp::from_millis(1 << 50);
                while !enough.load(Ordering::Relaxed) {
                    let number = MILLION * MILLION * series + times.len() as u64;
                    let row = Row { expires_at: far, ..row(number)? };
                    let insert = Insert { id: id(number), row: &row, replaces: None };
                    let begin = Instant::now();
                    assert_eq!(store.insert(insert).await?, Inserted::Done);
                    times.push(begin.elapsed().as_secs_f64() * 1e3);
                    let touch = Touch { last_seen_at: far, expires_at: far };
                    assert_eq!(store.touch(id(number), touch).await?, Touched::Done);
                }
                Ok(times)
            }
        });
        Self { enough, client }
    }

    async fn end(self) -> Result<String, Box<dyn Error + Send + Sync>> {
        self.enough.store(true, Ordering::Relaxed);
        Ok(spread(self.client.await??))
    }
}
