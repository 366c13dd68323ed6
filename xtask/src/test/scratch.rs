//! A private folder for everything that the tests write.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

/// Nobody else can look into it (mode 0711), and it is gone at the end with all that is in it.
///
/// Others may pass through: a server that refuses to run as root is another user, with its data in here.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

/// Why there is no folder for the tests.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the folder {}", path.display())]
pub(super) struct ScratchError {
    path: PathBuf,
    source: io::Error,
}

impl Scratch {
    /// An error when the name is taken: somebody else's folder is none of ours.
    pub(super) fn new() -> Result<Self, ScratchError> {
        let path = env::temp_dir().join(format!("cloakroom-test-{}", process::id()));
        match private_folder().create(&path) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(ScratchError { path, source }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}

#[cfg(unix)]
fn private_folder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o711);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_leaves_with_its_content() {
        let scratch = Scratch::new().expect("the temporary folder can be written");
        let path = scratch.path().to_owned();
        fs::write(path.join("file"), "x").expect("the folder can be written");
        assert!(Scratch::new().is_err(), "a second one of the same name is refused");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("the folder is there").permissions().mode() & 0o777, 0o711);
        }
        drop(scratch);
        assert!(!path.exists());
    }
}
