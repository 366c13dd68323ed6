//! A gateway on a store that is full.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloakroom_test_servers::{Postgres, PostgresSettings};
use rusqlite::Connection;

use crate::fill::{Dialect, Fill};

pub(crate) const PASSWORD: &str = "gravel otter lantern fog";

/// Where the sessions are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// A folder with a configuration and an administrator, and the server of the store, where it is one.
pub(crate) struct House {
    folder: tempfile::TempDir,
    server: Option<Postgres>,
}

/// A gateway that runs until it is dropped.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) port: u16,
    /// How long it took to start.
    pub(crate) ready_in: Duration,
}

const SQLITE: Dialect = Dialect {
    sessions: "sessions",
    numbers: |count| {
        format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)"
        )
    },
    name: "'user' || substr('000000' || (i - 1), -6)",
    hex: |number| format!("printf('%032x', {number})"),
    id: "unhex(printf('%032x', i))",
    octets: |digits| format!("x'{digits}'"),
};

const POSTGRES: Dialect = Dialect {
    sessions: "cloakroom_sessions",
    numbers: |count| format!("generate_series(1, {count}) AS i"),
    name: "'user' || lpad((i - 1)::text, 6, '0')",
    hex: |number| format!("lpad(to_hex({number}), 32, '0')"),
    id: "decode(lpad(to_hex(i), 32, '0'), 'hex')",
    octets: |digits| format!("'\\x{digits}'::bytea"),
};

/// How many rows are written to see what one costs.
const NEW_ROWS: usize = 1000;

impl Store {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl House {
    /// An empty store, and `root`.
    pub(crate) fn prepare(store: Store) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server =
            (store == Store::Postgres).then(|| Postgres::start(&PostgresSettings::default()).unwrap());
        let url = server.as_ref().map_or_else(
            || format!("sqlite:{}", folder.path().join("cloakroom.db").display()),
            |server| server.url("postgres"),
        );
        let settings = format!(
            "store = \"{url}\"\nidle_timeout = \"300d\"\nabsolute_timeout = \"365d\"\nreauthentication_window = \"1d\"\n\
             [[app]]\nname = \"wiki\"\norigin = \"http://wiki.localhost:1\"\n"
        );
        std::fs::write(folder.path().join("cloakroom.toml"), settings).unwrap();
        let house = Self { folder, server };
        let mut adding = house.program();
        adding.args(["user", "add", "root", "--role", "administrator"]).stdin(Stdio::piped());
        let mut adding = adding.spawn().unwrap();
        adding.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(adding.wait().unwrap().success());
        house
    }

    /// Writes users and sessions into the tables.
    pub(crate) fn fill(&self, fill: &Fill) {
        match &self.server {
            None => {
                let database = self.file();
                for statement in fill.users(&SQLITE).into_iter().chain([fill.sessions(&SQLITE)]) {
                    database.execute(&statement, ()).unwrap();
                }
                // As a gateway does by itself, now and then.
                database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
            }
            Some(server) => {
                for statement in fill.users(&POSTGRES).into_iter().chain([fill.sessions(&POSTGRES)]) {
                    server.execute(&statement).unwrap();
                }
                // As a server does by itself, within minutes.
                server.execute("VACUUM ANALYZE").unwrap();
            }
        }
    }

    /// What a new row costs in microseconds, before and after there are the indexes of searches; in a file alone, since a server's cost
    /// is its round trip and its disk.
    pub(crate) fn sign_in_cost(&self, fill: &Fill) -> Option<[f64; 2]> {
        const INDEXES: &str = "CREATE INDEX trial_creation ON sessions (created_at, id);
            CREATE INDEX trial_address ON sessions (address, created_at, id) WHERE address IS NOT NULL;";
        if self.server.is_some() {
            return None;
        }
        let database = self.file();
        let without = new_rows(&database, fill);
        database.execute_batch(INDEXES).unwrap();
        let with = new_rows(&database, fill);
        database.execute_batch("DROP INDEX trial_creation; DROP INDEX trial_address").unwrap();
        Some([without, with])
    }

    fn file(&self) -> Connection {
        let database = Connection::open(self.folder.path().join("cloakroom.db")).unwrap();
        database.pragma_update(None, "journal_mode", "WAL").unwrap();
        database.pragma_update(None, "synchronous", "FULL").unwrap();
        database
    }

    /// Starts the gateway.
    #[expect(clippy::zombie_processes, reason = "the gateway is waited for when it is dropped")]
    pub(crate) fn serve(&self) -> Gateway {
        let began = Instant::now();
        let mut serving = self.program();
        serving.args(["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serving.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the gateway did not start");
            if let Some(rest) = line.strip_prefix("Listening on ") {
                let address: std::net::SocketAddr = rest.split(';').next().unwrap().trim().parse().unwrap();
                std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
                return Gateway { child, port: address.port(), ready_in: began.elapsed() };
            }
        }
    }

    fn program(&self) -> Command {
        let built = || PathBuf::from(env!("CARGO_BIN_EXE_cloakroom"));
        let program = std::env::var_os("CLOAKROOM_PROGRAM").map_or_else(built, PathBuf::from);
        let mut command = Command::new(program);
        command.env_remove("CLOAKROOM_PROGRAM").current_dir(self.folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Microseconds for one of some new rows, each in a transaction of its own: the median, since now and then one waits for the disk. They are
/// taken out again.
fn new_rows(database: &Connection, fill: &Fill) -> f64 {
    let one = fill.samples()[1].clone();
    let insert = format!(
        "INSERT INTO sessions SELECT randomblob(16), subject, created_at + abs(random() % 1000000), last_seen_at, expires_at,
            '192.0.2.' || abs(random() % 256), version, record FROM sessions WHERE id = x'{one}'"
    );
    let mut insert = database.prepare(&insert).unwrap();
    let mut times: Vec<Duration> = Vec::with_capacity(NEW_ROWS);
    for _ in 0..NEW_ROWS {
        let began = Instant::now();
        insert.execute(()).unwrap();
        times.push(began.elapsed());
    }
    times.sort_unstable();
    database.execute("DELETE FROM sessions WHERE address LIKE '192.0.2.%'", ()).unwrap();
    times[NEW_ROWS / 2].as_secs_f64() * 1e6
}
