//! From a path to connections that are set up.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::task::spawn_blocking;

use super::migrations::migrate;
use super::open_error::{OpenError, OpenTrouble};
use super::schema::APPLICATION_ID;
use crate::component::Component;

/// How long a write waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// How often the switch to a write-ahead log is tried when several processes make the same new file at once.
const SWITCH_TRIES: usize = 1000;

/// How many statements a connection keeps prepared; more than there are in this crate.
const STATEMENTS: usize = 48;

/// The size that the log shrinks back to after a long read has made it longer; more than it has otherwise, since room that
/// is kept need not be asked for again.
const LOG_OCTETS_KEPT: i64 = 32 << 20;

/// What the connection that writes keeps in memory of the file, in KiB: the inner pages of all indexes.
const WRITER_CACHE_KIB: i64 = 8192;

/// Opens the file for writing; creates it and the tables of a component where they are missing.
pub(super) fn open_writer(path: &Path, component: Component) -> Result<Connection, OpenTrouble> {
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags)?;
    check_owner(&connection)?;
    // Only a file without tables can get this: what a purge frees can then go back to the file system.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    switch_to_log(&connection)?;
    migrate(&mut connection, component)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    // Octets of sessions that ended are wiped where their page is written anyway.
    connection.query_row("PRAGMA secure_delete = FAST", (), |_| Ok(()))?;
    Ok(connection)
}

/// Brings the tables of one more component up to date in a file that is open.
pub(super) fn add_tables(path: &Path, component: Component) -> Result<(), OpenTrouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    migrate(&mut connect(path, flags)?, component)
}

/// What waits for the disk, where waiting is fine.
pub(super) async fn on_a_thread<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    let owned = path.to_owned();
    match spawn_blocking(move || work(&owned)).await {
        Ok(outcome) => outcome,
        Err(error) => Err(OpenError::new(path, OpenTrouble::System { source: io::Error::other(error) })),
    }
}

/// Opens a connection that copies the log back into the file.
pub(super) fn open_checkpointer(path: &Path) -> Result<Connection, OpenTrouble> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// Opens a connection that can only read.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenTrouble> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, OpenTrouble> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Whoever writes to the file must not make this process run functions through its schema.
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    // The file is private to its user; temporary files would not be.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The checkpoints are ours to time, see `checkpoint`.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_OCTETS_KEPT)?;
    Ok(connection)
}

/// Makes the file, for the eyes of its owner alone; SQLite gives the log beside it the same mode.
///
/// A file that exists is not even opened: closing it again would drop the locks that this process may hold on it
/// by another connection (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
fn create_private(path: &Path) -> Result<(), OpenTrouble> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let metadata = fs::metadata(path)?;
            if !metadata.is_file() {
                return Err(OpenTrouble::NotAFile);
            }
            warn_if_others_can_read(path, &metadata);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path, metadata: &fs::Metadata) {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            path = %path.display(),
            mode = format_args!("{mode:o}"),
            "other users can open the session database, which says who is signed in from where; chmod 600 it"
        );
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path, _: &fs::Metadata) {}

/// Refuses the file of a program that marks its files as its own.
fn check_owner(connection: &Connection) -> Result<(), OpenTrouble> {
    match connection.pragma_query_value(None, "application_id", |row| row.get(0))? {
        0 | APPLICATION_ID => Ok(()),
        application_id => Err(OpenTrouble::Foreign { application_id }),
    }
}

/// Puts the file into write-ahead-log mode, where it stays.
///
/// Two processes that switch one file at once can each hold what the other needs; SQLite then tells one of them to
/// let go, without a wait, and by its next try the other is done.
fn switch_to_log(connection: &Connection) -> Result<(), OpenTrouble> {
    let mut tries = 0..SWITCH_TRIES;
    loop {
        let mode = connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))
            .map_err(OpenTrouble::from);
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => return Err(OpenTrouble::NoWriteAheadLog),
            Err(OpenTrouble::Locked { .. }) if tries.next().is_some() => std::thread::yield_now(),
            Err(trouble) => return Err(trouble),
        }
    }
}
