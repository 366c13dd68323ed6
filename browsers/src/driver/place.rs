//! Where the browsers of this test run keep their profiles.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

/// A folder of this process, in the target directory.
///
/// The browsers run until the process ends, when nobody is left to tidy up: the next run does it.
pub(super) static PLACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let all = target().join("tmp").join("browsers");
    fs::create_dir_all(&all).expect("the target directory can be written to");
    for left in fs::read_dir(&all).expect("the folder is there").flatten() {
        let is_alive = Path::new("/proc").join(left.file_name()).exists();
        if !is_alive {
            // Another run may be at it.
            let _removed = fs::remove_dir_all(left.path());
        }
    }
    folder(&all.join(process::id().to_string()))
});

/// The target directory, which the running test is in.
fn target() -> PathBuf {
    let program = env::current_exe().expect("a test knows where its program is");
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.expect("cargo marks the target directory").to_owned()
}

/// A folder, made when it is not there.
pub(super) fn folder(path: &Path) -> PathBuf {
    fs::create_dir_all(path).expect("a folder of our own can be made");
    path.to_owned()
}
