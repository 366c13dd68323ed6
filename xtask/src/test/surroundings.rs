//! What a program of ours that starts servers needs around it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::binaries::Binary;
use super::requirements;
use super::scratch::Scratch;
use crate::process;

/// The programs that the tests need, and a folder for all that they write, which goes with this.
pub(crate) struct Surroundings {
    programs: Vec<(&'static str, PathBuf)>,
    scratch: Scratch,
}

impl Surroundings {
    /// Finds or installs the programs.
    pub(crate) fn with_programs() -> Result<Self, Box<dyn Error>> {
        Ok(Self { programs: requirements::provide()?, scratch: Scratch::new()? })
    }

    /// For what needs none.
    pub(crate) fn without_programs() -> Result<Self, Box<dyn Error>> {
        Ok(Self { programs: Vec::new(), scratch: Scratch::new()? })
    }

    /// The program that tests find in this variable.
    pub(super) fn program(&self, variable: &str) -> Option<&Path> {
        self.programs.iter().find(|(name, _)| *name == variable).map(|(_, program)| &**program)
    }

    /// Cargo in these surroundings.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = process::cargo();
        cargo.args(arguments);
        self.around(cargo)
    }

    /// A program in these surroundings, started in the folder of the workspace.
    pub(super) fn around(&self, mut program: Command) -> Command {
        program.current_dir(process::workspace_root());
        self.surround(&mut program);
        program
    }

    /// A program of tests in these surroundings, as cargo would start it.
    pub(super) fn test(&self, binary: &Binary, filter: &[String]) -> Command {
        let mut test = process::program_of_ours(&binary.program);
        test.current_dir(&binary.folder).env("CARGO_MANIFEST_DIR", &binary.folder).args(filter);
        self.surround(&mut test);
        test
    }

    /// A file that goes with all that the tests write.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn surround(&self, command: &mut Command) {
        // All that a test writes goes where it is thrown away.
        command.env("TMPDIR", self.scratch.path()).envs(self.programs.iter().cloned());
    }
}
