//! The accounts' tables, worked on by one connection on a thread that may wait.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloakroom::Timestamp;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::accounts::password::PasswordHash;
use crate::accounts::rows::{self, millis};
use crate::accounts::{AccountsError, NewUser, SetUp, SetupToken, User, UserId, UserName, schema};

/// How long a statement waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// The accounts of one installation.
///
/// Several processes may have the same file open: a change by one is seen by the next read of another.
#[derive(Clone, Debug)]
pub struct Accounts {
    connection: Arc<Mutex<Connection>>,
}

/// A user with what proves them.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The hash of their password.
    pub password_hash: PasswordHash,
}

/// What became of a new account.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It exists now.
    Done(User),
    /// Another account has the name, in this or another spelling.
    NameTaken,
}

impl Accounts {
    /// Opens the accounts in a file, which is made readable for its owner alone when it does not exist.
    ///
    /// # Errors
    /// [`AccountsError`] when the file cannot be opened, or was written by a newer version.
    pub fn open(path: &Path) -> Result<Self, AccountsError> {
        create_private(path).map_err(|source| AccountsError::File { path: path.to_owned(), source })?;
        let failed = |source| AccountsError::Statement { operation: "be opened", source };
        let mut connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(BUSY_WAIT).map_err(failed)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        // An account that was disabled must not come back after a loss of power.
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        // The session store copies the log back into the file, at times of its own.
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(failed)?;
        schema::migrate(&mut connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// The user of a name, with the hash of their password.
    pub async fn find(&self, name: UserName) -> Result<Option<Credentials>, AccountsError> {
        self.read("find a user", move |connection| rows::by_name(connection, &name)).await.map(credentials)
    }

    /// The user of a number, with the hash of their password.
    pub async fn get(&self, id: UserId) -> Result<Option<Credentials>, AccountsError> {
        self.read("find a user", move |connection| rows::by_id(connection, id)).await.map(credentials)
    }

    /// Every user, by name.
    pub async fn list(&self) -> Result<Vec<User>, AccountsError> {
        self.read("list users", rows::all).await
    }

    /// Whether nobody has an account yet.
    pub async fn is_empty(&self) -> Result<bool, AccountsError> {
        self.read("count users", no_users).await
    }

    /// Makes an account.
    pub async fn add(&self, new: NewUser, now: Timestamp) -> Result<Added, AccountsError> {
        self.write("add a user", move |transaction| match rows::insert(transaction, &new, now) {
            Ok(user) => Ok(Added::Done(user)),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Ok(Added::NameTaken)
            }
            Err(error) => Err(error),
        })
        .await
    }

    /// Gives a user another password; `false` when there is no such user.
    pub async fn set_password(
        &self,
        id: UserId,
        hash: PasswordHash,
        now: Timestamp,
    ) -> Result<bool, AccountsError> {
        const SQL: &str = "UPDATE users SET password_hash = ?2, password_changed_at_ms = ?3 WHERE id = ?1";
        self.write("set a password", move |transaction| {
            transaction.execute(SQL, (id.to_string(), hash.as_str(), millis(now))).map(|rows| rows == 1)
        })
        .await
    }

    /// Replaces the hash of an unchanged password by a stronger one, unless the password has changed meanwhile.
    pub async fn strengthen(
        &self,
        id: UserId,
        old: PasswordHash,
        new: PasswordHash,
    ) -> Result<(), AccountsError> {
        const SQL: &str = "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2";
        self.write("store a stronger hash", move |transaction| {
            transaction.execute(SQL, (id.to_string(), old.as_str(), new.as_str())).map(drop)
        })
        .await
    }

    /// Disables an account; the caller ends its sessions afterwards.
    pub async fn disable(&self, id: UserId, now: Timestamp) -> Result<(), AccountsError> {
        const SQL: &str = "UPDATE users SET disabled_at_ms = ?2 WHERE id = ?1 AND disabled_at_ms IS NULL";
        self.write("disable a user", move |transaction| {
            transaction.execute(SQL, (id.to_string(), millis(now))).map(drop)
        })
        .await
    }

    /// Enables an account again. Sessions that were ended stay ended.
    pub async fn enable(&self, id: UserId) -> Result<(), AccountsError> {
        const SQL: &str = "UPDATE users SET disabled_at_ms = NULL WHERE id = ?1";
        self.write("enable a user", move |transaction| transaction.execute(SQL, [id.to_string()]).map(drop))
            .await
    }

    /// Makes a token the only one that sets up the first administrator.
    pub async fn issue_setup_link(&self, token: &SetupToken, now: Timestamp) -> Result<(), AccountsError> {
        let (digest, expires_at) = (token.digest(), now.after(SetupToken::LIFETIME));
        self.write("store a set-up link", move |transaction| {
            transaction.execute("DELETE FROM setup_links", ())?;
            transaction
                .execute("INSERT INTO setup_links VALUES (?1, ?2)", (digest.as_slice(), millis(expires_at)))
                .map(drop)
        })
        .await
    }

    /// Whether a set-up link still works.
    pub async fn setup_link_works(&self, token: &SetupToken, now: Timestamp) -> Result<bool, AccountsError> {
        let digest = token.digest();
        self.read("check a set-up link", move |connection| link_works(connection, &digest, now)).await
    }

    /// Makes the first administrator and ends every set-up link, in one transaction.
    pub async fn set_up(
        &self,
        token: &SetupToken,
        new: NewUser,
        now: Timestamp,
    ) -> Result<SetUp, AccountsError> {
        let digest = token.digest();
        self.write("set up the first administrator", move |transaction| {
            if !link_works(transaction, &digest, now)? {
                return Ok(SetUp::LinkDead);
            }
            transaction.execute("DELETE FROM setup_links", ())?;
            rows::insert(transaction, &new, now).map(SetUp::Done)
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AccountsError> {
        self.run(operation, move |connection| work(connection)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AccountsError> {
        self.run(operation, move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcome = work(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AccountsError> {
        let connection = Arc::clone(&self.connection);
        let work = move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
        let done = tokio::task::spawn_blocking(work).await.map_err(AccountsError::Thread)?;
        done.map_err(|source| AccountsError::Statement { operation, source })
    }
}

fn credentials(found: Option<rows::Found>) -> Option<Credentials> {
    found.map(|(user, password_hash)| Credentials { user, password_hash })
}

fn no_users(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM users)", (), |row| row.get(0))
}

fn link_works(connection: &Connection, digest: &[u8; 32], now: Timestamp) -> rusqlite::Result<bool> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM setup_links WHERE token_sha256 = ?1 AND expires_at_ms > ?2)";
    let issued = connection.query_row(SQL, (digest.as_slice(), millis(now)), |row| row.get::<_, bool>(0))?;
    Ok(issued && no_users(connection)?)
}

/// Hashes of passwords are nobody's business but the owner's of the file. `SQLite` gives its side files the same mode.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Opening and closing it would drop the locks that this process may hold on it by another connection.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    struct Scene {
        accounts: Accounts,
        path: std::path::PathBuf,
        _directory: tempfile::TempDir,
    }

    fn scene() -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cloakroom.db");
        Scene { accounts: Accounts::open(&path).unwrap(), path, _directory: directory }
    }

    fn hash(fill: char) -> PasswordHash {
        let text =
            format!("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA${}A", fill.to_string().repeat(42));
        PasswordHash::parse(&text).unwrap()
    }

    fn alice(number: u8, name: &str) -> NewUser {
        NewUser {
            id: UserId::from_octets([number; 16]),
            name: name.parse().unwrap(),
            role: Role::Member,
            password_hash: hash('A'),
        }
    }

    #[tokio::test]
    async fn a_name_belongs_to_one_user_in_every_spelling() {
        let scene = scene();
        assert!(matches!(scene.accounts.add(alice(1, "Alice"), NOW).await.unwrap(), Added::Done(_)));
        assert_eq!(scene.accounts.add(alice(2, "aLICE"), NOW).await.unwrap(), Added::NameTaken);
        let found = scene.accounts.find("ALICE".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(found.user.name.as_typed(), "Alice");
    }

    #[tokio::test]
    async fn accounts_outlive_the_process_in_a_private_file() {
        let scene = scene();
        let _ = scene.accounts.add(alice(1, "alice"), NOW).await.unwrap();
        scene.accounts.disable(UserId::from_octets([1; 16]), NOW).await.unwrap();
        let reopened = Accounts::open(&scene.path).unwrap();
        assert_eq!(reopened.list().await.unwrap()[0].disabled_at, Some(NOW));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&scene.path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn a_set_up_link_works_once() {
        let scene = scene();
        let token = SetupToken::from_octets([9; 32]);
        scene.accounts.issue_setup_link(&token, NOW).await.unwrap();
        assert!(scene.accounts.setup_link_works(&token, NOW).await.unwrap());
        assert!(matches!(
            scene.accounts.set_up(&token, alice(1, "root"), NOW).await.unwrap(),
            SetUp::Done(_)
        ));
        assert_eq!(scene.accounts.set_up(&token, alice(2, "other"), NOW).await.unwrap(), SetUp::LinkDead);
        assert!(!scene.accounts.setup_link_works(&token, NOW).await.unwrap());
    }

    #[tokio::test]
    async fn a_set_up_link_dies_after_a_quarter_of_an_hour() {
        let scene = scene();
        let token = SetupToken::from_octets([9; 32]);
        scene.accounts.issue_setup_link(&token, NOW).await.unwrap();
        let last = NOW.after(SetupToken::LIFETIME).before(Duration::from_millis(1));
        assert!(scene.accounts.setup_link_works(&token, last).await.unwrap());
        assert!(!scene.accounts.setup_link_works(&token, NOW.after(SetupToken::LIFETIME)).await.unwrap());
    }

    #[tokio::test]
    async fn a_new_set_up_link_kills_the_one_before() {
        let scene = scene();
        let (old, new) = (SetupToken::from_octets([1; 32]), SetupToken::from_octets([2; 32]));
        scene.accounts.issue_setup_link(&old, NOW).await.unwrap();
        scene.accounts.issue_setup_link(&new, NOW).await.unwrap();
        assert!(!scene.accounts.setup_link_works(&old, NOW).await.unwrap());
        assert!(scene.accounts.setup_link_works(&new, NOW).await.unwrap());
    }

    #[tokio::test]
    async fn a_set_up_link_is_dead_once_a_user_exists() {
        let scene = scene();
        let token = SetupToken::from_octets([9; 32]);
        scene.accounts.issue_setup_link(&token, NOW).await.unwrap();
        let _ = scene.accounts.add(alice(1, "alice"), NOW).await.unwrap();
        assert_eq!(scene.accounts.set_up(&token, alice(2, "root"), NOW).await.unwrap(), SetUp::LinkDead);
    }

    #[tokio::test]
    async fn a_stronger_hash_never_undoes_a_password_change() {
        let scene = scene();
        let id = UserId::from_octets([1; 16]);
        let _ = scene.accounts.add(alice(1, "alice"), NOW).await.unwrap();
        assert!(scene.accounts.set_password(id, hash('B'), NOW).await.unwrap());
        scene.accounts.strengthen(id, hash('A'), hash('C')).await.unwrap();
        assert_eq!(scene.accounts.get(id).await.unwrap().unwrap().password_hash.as_str(), hash('B').as_str());
    }
}
