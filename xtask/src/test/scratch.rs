//! A private folder for everything that the tests write.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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
    /// In memory where there is room: ten servers that each wait for the disk starve one another on a small machine.
    ///
    /// An error when the name is taken: somebody else's folder is none of ours.
    pub(super) fn new() -> Result<Self, ScratchError> {
        let parent = roomy_memory().unwrap_or_else(env::temp_dir);
        let path = parent.join(format!("cloakroom-test-{}", process::id()));
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

/// The folder of shared memory, when it has more room than all tests together need.
fn roomy_memory() -> Option<PathBuf> {
    const OCTETS_MIN: u64 = 8 << 30;
    let mut df = Command::new("df");
    df.args(["--output=avail", "--block-size=1", SHARED_MEMORY]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = df.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let free: u64 = text.lines().nth(1)?.trim().parse().ok()?;
    (free >= OCTETS_MIN).then(|| PathBuf::from(SHARED_MEMORY))
}

/// Where Linux keeps files in memory.
const SHARED_MEMORY: &str = "/dev/shm";

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
