//! The test programs that cargo has built.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

/// One program of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binary {
    /// The package's folder, where its tests run, as cargo has it.
    pub(super) folder: PathBuf,
    pub(super) program: PathBuf,
    /// `cloakroom-cli stories`: the package's folder and the target.
    pub(super) name: String,
}

/// Why it is not known what was built.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuildError {
    #[error("cannot start cargo")]
    Start(#[source] io::Error),
    #[error("the tests do not build ({0})")]
    Failed(std::process::ExitStatus),
    #[error("cargo's messages have a shape that this task does not know")]
    Shape(#[from] serde_json::Error),
}

/// A line of `cargo --message-format=json`; what else there is says nothing here.
#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Profile {
    test: bool,
}

/// Builds with `cargo`, a `cargo test --no-run`, and tells what came of it. What the compiler says goes to the standard error.
pub(super) fn built_by(mut cargo: Command) -> Result<Vec<Binary>, BuildError> {
    cargo.arg("--message-format=json-render-diagnostics");
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(BuildError::Start)?;
    if !output.status.success() {
        return Err(BuildError::Failed(output.status));
    }
    read(&output.stdout)
}

fn read(messages: &[u8]) -> Result<Vec<Binary>, BuildError> {
    let lines = messages.split(|&octet| octet == b'\n').filter(|line| !line.is_empty());
    let messages = lines.map(serde_json::from_slice).collect::<Result<Vec<Message>, _>>()?;
    Ok(messages.into_iter().filter_map(Message::into_binary).collect())
}

impl Message {
    fn into_binary(self) -> Option<Binary> {
        let is_test = self.reason == "compiler-artifact" && self.profile?.test;
        let folder = self.manifest_path.filter(|_| is_test)?.parent()?.to_owned();
        let name = format!("{} {}", name_of(&folder), self.target?.name);
        Some(Binary { folder, program: self.executable?, name })
    }
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_of_tests_are_taken_from_cargos_messages() {
        let messages = br#"{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml","target":{"name":"a"},"profile":{"test":false},"executable":"/t/a"}
{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml","target":{"name":"a"},"profile":{"test":false},"executable":null}
{"reason":"compiler-artifact","manifest_path":"/w/crates/a/Cargo.toml","target":{"name":"stories"},"profile":{"test":true},"executable":"/t/stories-1"}
{"reason":"build-finished","success":true}
"#;
        let found = read(messages).expect("these are cargo's");
        assert_eq!(
            found,
            [Binary {
                folder: "/w/crates/a".into(),
                program: "/t/stories-1".into(),
                name: "a stories".into()
            }]
        );
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        assert!(read(b"warning: something\n").is_err());
    }
}
