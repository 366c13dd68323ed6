//! The files of the task.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::compact;
use crate::process::{self, Outcome};

/// From what.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// `public_suffix_list.dat`, as <https://publicsuffix.org/list/public_suffix_list.dat> gives it out
    file: PathBuf,
}

const COMPACT: &str = "crates/cloakroom-suffixes/src/list.txt";

pub(crate) fn run(options: &Options) -> Outcome {
    let compact = compact::compact(&fs::read_to_string(&options.file)?)?;
    let path = process::workspace_root().join(COMPACT);
    fs::write(&path, &compact)?;
    println!("{COMPACT}: {} lines, {} octets", compact.lines().count(), compact.len());
    Ok(())
}
