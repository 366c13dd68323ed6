//! What a program of ours that starts servers needs around it.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

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

    /// Cargo in these surroundings.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = process::cargo();
        cargo.current_dir(process::workspace_root()).args(arguments);
        // All that a test writes goes where it is thrown away.
        cargo.env("TMPDIR", self.scratch.path()).envs(self.programs.iter().cloned());
        cargo
    }
}
