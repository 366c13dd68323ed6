//! The key file: 32 octets from the operating system, readable for its owner alone.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

/// What a key file begins with, so that another file is never taken for one.
const MARK: &str = "cloakroom-key-1:";

/// The secret that all other secrets of an installation come from.
pub(crate) struct MasterKey(Zeroizing<[u8; 32]>);

/// The key file cannot be used.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("cannot read or make the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It holds something else.
    #[error("{} is not a key file of cloakroom; move it away to have a new one made", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Others may read it.
    #[error("the key file {} can be read by other users; run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

impl MasterKey {
    /// Reads the key file, or makes it from `fresh`, which comes from the operating system.
    ///
    /// Of two processes that start together one makes the file and both read it.
    ///
    /// # Errors
    /// [`KeyFileError`] says what is wrong with the file and what to do.
    pub(crate) fn load_or_create(path: &Path, fresh: [u8; 32]) -> Result<Self, KeyFileError> {
        let failed = |source| KeyFileError::File { path: path.to_owned(), source };
        match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(path, fresh).map_err(failed)?,
            other => return Self::check(path, &other.map_err(failed)?),
        }
        Self::check(path, &read(path).map_err(failed)?)
    }

    fn check(path: &Path, text: &str) -> Result<Self, KeyFileError> {
        if is_exposed(path) {
            return Err(KeyFileError::Exposed { path: path.to_owned() });
        }
        let octets = text.strip_prefix(MARK).and_then(|key| URL_SAFE_NO_PAD.decode(key.trim_end()).ok());
        let octets =
            octets.map(Zeroizing::new).and_then(|octets| <[u8; 32]>::try_from(octets.as_slice()).ok());
        octets
            .map(|octets| Self(Zeroizing::new(octets)))
            .ok_or_else(|| KeyFileError::Foreign { path: path.to_owned() })
    }

    /// The key of one purpose. Keys of two purposes tell nothing about each other.
    pub(super) fn derive(&self, purpose: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes keys of every length");
        mac.update(purpose.as_bytes());
        let derived = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
        Hmac::new_from_slice(&*derived).expect("HMAC takes keys of every length")
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    fs::read_to_string(path).map(Zeroizing::new)
}

/// Writes beside and links into place, so that nobody ever reads half a key and nobody's key is overwritten.
fn create(path: &Path, fresh: [u8; 32]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let text = Zeroizing::new(format!("{MARK}{}\n", URL_SAFE_NO_PAD.encode(fresh)));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    fs::remove_file(&beside)?;
    linked
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(key: &MasterKey) -> Vec<u8> {
        key.derive("test").finalize().into_bytes().to_vec()
    }

    #[test]
    fn a_key_file_is_made_once_and_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cloakroom.key");
        let made = MasterKey::load_or_create(&path, [1; 32]).unwrap();
        let read = MasterKey::load_or_create(&path, [2; 32]).unwrap();
        assert_eq!(mac(&made), mac(&read));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(!is_exposed(&path));
    }

    #[test]
    fn a_file_that_is_no_key_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cloakroom.key");
        create(&path, [1; 32]).unwrap();
        for text in ["", "secret", "cloakroom-key-1:", "cloakroom-key-1:c2hvcnQ"] {
            fs::write(&path, text).unwrap();
            let refused = MasterKey::load_or_create(&path, [2; 32]);
            assert!(matches!(refused, Err(KeyFileError::Foreign { .. })), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cloakroom.key");
        MasterKey::load_or_create(&path, [1; 32]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = MasterKey::load_or_create(&path, [2; 32]);
        assert!(matches!(refused, Err(KeyFileError::Exposed { .. })));
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = MasterKey(Zeroizing::new([1; 32]));
        assert_ne!(key.derive("a").finalize().into_bytes(), key.derive("b").finalize().into_bytes());
    }
}
