//! Another process writes to the file, and is killed in the middle of it.

use std::env;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use cloakroom_core::store::{Store, Version};
use rusqlite::Connection;

use super::scene::{Scene, id};

const FILE: &str = "CLOAKROOM_COPIES_TEST_FILE";
const MARK: &str = "said ";

/// This very test, in a process of its own that does something else.
struct Other {
    child: Child,
    asks: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
}

impl Other {
    fn start(test: &str, file: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(FILE, file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (asks, says) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, asks, says: BufReader::new(says).lines() }
    }

    fn ask(&mut self, number: u64) {
        writeln!(self.asks, "{number}").unwrap();
    }

    /// The next number that it says.
    fn said(&mut self) -> u64 {
        let marked = |line: String| line.find(MARK).and_then(|at| line[at + MARK.len()..].parse().ok());
        self.says.find_map(|line| marked(line.unwrap())).unwrap()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// In the other process: what to do with each number that is asked; says it when it is done.
fn obey(act: impl Fn(&Connection, u64)) -> bool {
    let Some(file) = env::var_os(FILE) else { return false };
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    for line in std::io::stdin().lines() {
        let number = line.unwrap().parse().unwrap();
        act(&connection, number);
        println!("{MARK}{number}");
    }
    true
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

#[test]
fn what_another_process_ended_is_refused_from_the_moment_that_it_says_so() {
    const NAME: &str = "processes::what_another_process_ended_is_refused_from_the_moment_that_it_says_so";
    const SESSIONS: u64 = 500;
    let is_other = obey(|connection, number| {
        let ended = connection.execute("DELETE FROM sessions WHERE id = ?1", [id(number).as_octets()]);
        assert_eq!(ended.unwrap(), 1);
    });
    if is_other {
        return;
    }
    runtime().block_on(async {
        let scene = Scene::of(0..=SESSIONS).await;
        let mut other = Other::start(NAME, &scene.path);
        for number in 0..SESSIONS {
            scene.learn(number).await;
            scene.learn(SESSIONS).await;
            other.ask(number);
            while scene.remembered(number).is_some() {}
            assert_eq!(other.said(), number);
            assert_eq!(scene.remembered(number), None);
            assert_eq!(scene.store.load(id(number)).await.unwrap(), None);
        }
        other.kill();
    });
}

#[test]
fn a_writer_that_is_killed_leaves_no_copy_older_than_what_it_said() {
    const NAME: &str = "processes::a_writer_that_is_killed_leaves_no_copy_older_than_what_it_said";
    const KILLS: u64 = 20;
    let is_other = obey(|connection, first| {
        // Goes on until it is killed.
        for version in i64::try_from(first).unwrap().. {
            connection.execute("UPDATE sessions SET version = ?1", [version]).unwrap();
            println!("{MARK}{version}");
        }
    });
    if is_other {
        return;
    }
    runtime().block_on(async {
        let scene = Scene::of([1, 2]).await;
        let mut said = 1;
        for kill in 0..KILLS {
            let mut other = Other::start(NAME, &scene.path);
            other.ask(said + 1);
            for _ in 0..3 + 7 * kill {
                said = other.said();
                let from_memory = scene.remembered(1).map(|copy| copy.version);
                assert!(from_memory.is_none_or(|version| version.number() >= said));
                scene.store.load(id(1)).await.unwrap().unwrap();
            }
            other.kill();
            let version = scene.store.load(id(1)).await.unwrap().unwrap().version;
            assert!(version >= Version::from_number(said));
            said = version.number();
            scene.put(100 + kill).await;
            scene.learn(1).await;
        }
    });
}
