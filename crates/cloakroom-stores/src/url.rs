//! A store's address, as an operator writes it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

/// The address of a store: which one, where, and how to get in.
///
/// | address | store |
/// |---|---|
/// | `memory:` | this process |
/// | `sqlite:PATH` | a file |
/// | `postgres://USER:PASSWORD@HOST:PORT/DATABASE` | PostgreSQL |
/// | `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, also `mariadb://` | MySQL, MariaDB |
/// | `redis://HOST:PORT`, `rediss://` with TLS | Redis, Valkey |
/// | `redis+sentinel://HOST:PORT,HOST:PORT/NAME` | the master of this name, which these sentinels know |
/// | `redis+cluster://HOST:PORT,HOST:PORT` | the cluster that these nodes belong to |
/// | `memcached://HOST:PORT,HOST:PORT` | Memcached |
///
/// # Security
/// It may hold a password: `Debug` and `Display` leave that out.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(Address);

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Memory,
    Sqlite(PathBuf),
    Postgres(String),
    MySql(String),
    Redis(String),
    Memcached(String),
}

/// A text that is no address of a store.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidStoreUrl {
    /// There is no such store.
    #[error(
        "there is no store {0:?}: there are memory:, sqlite:PATH, postgres://, mysql://, redis://, rediss://, \
         redis+sentinel://, redis+cluster:// and memcached://"
    )]
    UnknownScheme(String),
    /// A file without a path.
    #[error("sqlite: wants a file, as in sqlite:sessions.db")]
    NoPath,
    /// `SQLite` is asked for something that a store of sessions cannot be.
    #[error("sqlite: takes the path of a file and nothing else, as in sqlite:sessions.db")]
    NotAFile,
    /// The store in memory has nothing to be told.
    #[error("memory: stands alone")]
    MemoryWithMore,
}

impl StoreUrl {
    pub(crate) const fn address(&self) -> &Address {
        &self.0
    }

    /// Whether the store finds sessions by their subject.
    pub const fn has_index(&self) -> bool {
        !matches!(self.0, Address::Memcached(_))
    }

    /// Whether tables of other kinds can be there, too.
    pub const fn has_tables(&self) -> bool {
        matches!(self.0, Address::Sqlite(_) | Address::Postgres(_) | Address::MySql(_))
    }

    /// Whether an answer of the store has a network, or another process, on its way.
    pub const fn is_far(&self) -> bool {
        !matches!(self.0, Address::Memory | Address::Sqlite(_))
    }

    /// The same with the path of a file taken from this folder on; an absolute path stays as it is.
    #[must_use]
    pub fn within(self, folder: &Path) -> Self {
        match self.0 {
            Address::Sqlite(path) => Self(Address::Sqlite(folder.join(path))),
            address => Self(address),
        }
    }

    /// The file of a `SQLite` store; `None` for every other store.
    pub fn file(&self) -> Option<&PathBuf> {
        match &self.0 {
            Address::Sqlite(path) => Some(path),
            _ => None,
        }
    }
}

impl FromStr for StoreUrl {
    type Err = InvalidStoreUrl;

    fn from_str(text: &str) -> Result<Self, InvalidStoreUrl> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        let has_host = rest.starts_with("//");
        let url = || text.to_owned();
        Ok(Self(match scheme {
            "memory" if rest.is_empty() => Address::Memory,
            "memory" => return Err(InvalidStoreUrl::MemoryWithMore),
            "sqlite" => Address::Sqlite(sqlite_path(rest)?),
            "postgres" | "postgresql" if has_host => Address::Postgres(url()),
            "mysql" | "mariadb" if has_host => Address::MySql(url()),
            "redis" | "rediss" | "redis+sentinel" | "rediss+sentinel" | "redis+cluster"
            | "rediss+cluster"
                if has_host =>
            {
                Address::Redis(url())
            }
            "memcached" if has_host => Address::Memcached(url()),
            // What stands after the scheme may be a password.
            _ => return Err(InvalidStoreUrl::UnknownScheme(scheme.to_owned())),
        }))
    }
}

/// `sqlite:sessions.db`, `sqlite:/var/lib/sessions.db` and `sqlite:///var/lib/sessions.db`.
fn sqlite_path(rest: &str) -> Result<PathBuf, InvalidStoreUrl> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err(InvalidStoreUrl::NoPath);
    }
    if path.starts_with(':') || path.contains('?') {
        return Err(InvalidStoreUrl::NotAFile);
    }
    Ok(PathBuf::from(path))
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Address::Memory => f.write_str("memory:"),
            Address::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Address::Postgres(url) | Address::MySql(url) | Address::Redis(url) | Address::Memcached(url) => {
                f.write_str(&without_secrets(url))
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

/// Scheme, user, hosts and path: a password may stand behind the user's name and among the parameters.
fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("//") else { return url.to_owned() };
    // A password may hold an `@` that should have been written as `%40`.
    let Some((credentials, place)) = rest.rsplit_once('@') else { return url.to_owned() };
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}//{user}:***@{place}"),
        None => format!("{scheme}//{credentials}@{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<StoreUrl, InvalidStoreUrl> {
        text.parse()
    }

    #[test]
    fn a_scheme_picks_the_store() {
        assert!(matches!(url("memory:").unwrap().0, Address::Memory));
        for scheme in ["postgres", "postgresql"] {
            assert!(matches!(url(&format!("{scheme}://h/d")).unwrap().0, Address::Postgres(_)));
        }
        for scheme in ["mysql", "mariadb"] {
            assert!(matches!(url(&format!("{scheme}://h/d")).unwrap().0, Address::MySql(_)));
        }
        for scheme in ["redis", "rediss", "redis+sentinel", "redis+cluster"] {
            assert!(matches!(url(&format!("{scheme}://h:1")).unwrap().0, Address::Redis(_)));
        }
        assert!(matches!(url("memcached://h:1,g:2").unwrap().0, Address::Memcached(_)));
    }

    #[test]
    fn a_file_has_a_path_and_nothing_else() {
        for (text, path) in
            [("sqlite:a/b.db", "a/b.db"), ("sqlite:/v/c.db", "/v/c.db"), ("sqlite:///v/c.db", "/v/c.db")]
        {
            assert_eq!(url(text).unwrap().file(), Some(&PathBuf::from(path)), "{text}");
        }
        assert_eq!(url("sqlite:"), Err(InvalidStoreUrl::NoPath));
        assert_eq!(url("sqlite"), Err(InvalidStoreUrl::NoPath));
        for text in ["sqlite::memory:", "sqlite:x?mode=memory"] {
            assert_eq!(url(text), Err(InvalidStoreUrl::NotAFile), "{text}");
        }
    }

    #[test]
    fn what_is_no_store_is_refused_without_its_password() {
        assert_eq!(url("memory:x"), Err(InvalidStoreUrl::MemoryWithMore));
        for text in ["", "cloakroom.db", "mongodb://u:p4ss@h", "postgres:h", "REDIS://h"] {
            let refused = url(text).unwrap_err().to_string();
            assert!(!refused.contains("p4ss"), "{refused}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (text, shown) in [
            ("postgres://u:p4ss@h:1/d?sslmode=require", "postgres://u:***@h:1/d"),
            ("postgres://u@h/d?password=p4ss", "postgres://u@h/d"),
            ("redis://:p4ss@h:1", "redis://:***@h:1"),
            ("redis://:p4@ss@h:1", "redis://:***@h:1"),
            ("memcached://h:1", "memcached://h:1"),
        ] {
            assert_eq!(url(text).unwrap().to_string(), shown);
            assert!(!format!("{:?}", url(text).unwrap()).contains("p4"), "{text}");
        }
    }
}
