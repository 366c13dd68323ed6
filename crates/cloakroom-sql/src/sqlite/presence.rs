//! Whether the file that is open still is the one that its path names.
//!
//! A file that was deleted, or replaced by another such as a copy of last week, goes on for whoever has it open: sign-ins and
//! sign-outs would be acknowledged, and be gone with the process. SQLite does not notice, so it is looked at before each transaction.
//!
//! Source: <https://www.sqlite.org/howtocorrupt.html>, 4.1.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The file as it was when it was opened.
#[derive(Debug)]
pub(super) struct Presence {
    path: PathBuf,
    identity: Identity,
    is_gone: AtomicBool,
}

/// What is the same for two names of one file: device and number.
type Identity = (u64, u64);

impl Presence {
    /// The file that has this name now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(path)?, is_gone: AtomicBool::new(false) })
    }

    /// Whether it had gone when it was last looked for.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// Looks for it, which takes a microsecond or two; `false` when it has gone.
    ///
    /// What cannot be found out changes nothing: a folder that cannot be read for a moment is no other file.
    pub(super) fn look(&self) -> bool {
        let is_gone = match identity(&self.path) {
            Ok(identity) => identity != self.identity,
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(_) => return !self.is_gone(),
        };
        if self.is_gone.swap(is_gone, Ordering::Relaxed) != is_gone {
            let path = self.path.display();
            if is_gone {
                tracing::error!(
                    %path,
                    "the database file was deleted or replaced while it was open; nothing is read or written until it is back or the process \
                     is started again"
                );
            } else {
                tracing::warn!(%path, "the database file is back");
            }
        }
        !is_gone
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;

    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Elsewhere a file that is open is neither deleted nor replaced.
#[cfg(not(unix))]
fn identity(_: &Path) -> io::Result<Identity> {
    Ok((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_missed_while_another_has_its_name_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let [path, away] = ["file", "away"].map(|name| folder.path().join(name));
        std::fs::write(&path, "1").unwrap();
        let presence = Presence::of(&path).unwrap();
        assert!(presence.look() && !presence.is_gone());
        std::fs::rename(&path, &away).unwrap();
        assert!(!presence.look() && presence.is_gone());
        std::fs::write(&path, "1").unwrap();
        assert!(!presence.look() && presence.is_gone());
        std::fs::rename(&away, &path).unwrap();
        assert!(presence.look() && !presence.is_gone());
    }
}
