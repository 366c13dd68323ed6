//! The tracked files, read once for all rules.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use super::rust::RustFile;
use crate::process::{self, ProcessError};

/// All text files that are, or are about to be, under version control.
#[derive(Debug)]
pub(crate) struct Tree {
    files: Vec<SourceFile>,
    test_files: BTreeSet<String>,
}

#[derive(Debug)]
pub(crate) struct SourceFile {
    /// From the root of the workspace, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Why the files could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    #[error("git cannot list the files; tidy needs a git checkout")]
    Git(#[from] ProcessError),
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
}

impl SourceFile {
    pub(crate) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }
}

impl Tree {
    /// Reads the files below `root`. What is no UTF-8 (a picture, a fuzz seed) is left out.
    pub(crate) fn read(root: &Path) -> Result<Self, TreeError> {
        let mut git = Command::new("git");
        git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = process::output_of(&mut git)?;
        let mut files = Vec::new();
        for path in String::from_utf8_lossy(&listing).split_terminator('\0') {
            let path = path.to_owned();
            match fs::read(root.join(&path)) {
                Ok(octets) => {
                    if let Ok(text) = String::from_utf8(octets) {
                        files.push(SourceFile { path, text });
                    }
                }
                // Deleted, and not yet so in the index; or a folder that is a repository of its own.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => {}
                Err(source) => return Err(TreeError::Read { path, source }),
            }
        }
        Ok(Self::new(files))
    }

    fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let test_files = test_files(&files);
        Self { files, test_files }
    }

    /// A tree that exists in a test only.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let owned = files.iter();
        Self::new(
            owned.map(|(path, text)| SourceFile { path: (*path).into(), text: (*text).into() }).collect(),
        )
    }

    pub(crate) fn files(&self) -> &[SourceFile] {
        &self.files
    }

    pub(crate) fn rust_files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.is_rust())
    }

    pub(crate) fn file(&self, path: &str) -> Option<&SourceFile> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// Whether the whole file is test code: an integration test, a bench, or a module under `#[cfg(test)]`.
    pub(crate) fn is_test_file(&self, path: &str) -> bool {
        self.test_files.contains(path)
    }
}

fn test_files(files: &[SourceFile]) -> BTreeSet<String> {
    let mut prefixes = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let folder = module_folder(&file.path);
        let parsed = RustFile::parse(&file.text);
        prefixes.extend(parsed.test_modules().map(|name| format!("{folder}{name}")));
    }
    let in_prefix = |path: &str| {
        prefixes.iter().any(|prefix| {
            path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
    };
    let in_test_folder = |path: &str| path.split('/').any(|part| part == "tests" || part == "benches");
    let rust = files.iter().filter(|file| file.is_rust());
    rust.filter(|file| in_test_folder(&file.path) || in_prefix(&file.path))
        .map(|file| file.path.clone())
        .collect()
}

/// The folder, with its slash, in which the files of a file's child modules lie.
fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    match name {
        "mod.rs" | "lib.rs" | "main.rs" => format!("{folder}{slash}"),
        _ => format!("{}/", path.trim_end_matches(".rs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_declared_for_tests_makes_its_files_test_code() {
        let tree = Tree::of(&[
            ("a/src/lib.rs", "mod b; #[cfg(test)] mod trials;"),
            ("a/src/b.rs", "#[cfg(test)] mod cases;"),
            ("a/src/b/cases.rs", ""),
            ("a/src/trials/mod.rs", ""),
            ("a/src/trials/one.rs", ""),
            ("a/tests/two.rs", ""),
        ]);
        let tests: Vec<&str> =
            tree.files().iter().map(|file| &*file.path).filter(|path| tree.is_test_file(path)).collect();
        assert_eq!(
            tests,
            ["a/src/b/cases.rs", "a/src/trials/mod.rs", "a/src/trials/one.rs", "a/tests/two.rs"]
        );
    }
}
