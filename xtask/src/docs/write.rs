//! `cargo xtask docs`: writes the reference anew, or the pictures.

use std::fs;

use super::{Options, pictures, threats};
use crate::process::{self, Outcome};
use crate::source::Tree;
use crate::steps::{self, Step};

/// Tests of code that say what its page of the reference is to be; told to write it, they do.
const WRITE: (&str, &str) = ("CLOAKROOM_WRITE_REFERENCE", "1");

pub(crate) fn run(options: &Options) -> Outcome {
    if options.pictures {
        return pictures::copy();
    }
    let mut cargo = process::cargo();
    cargo.current_dir(process::workspace_root()).env(WRITE.0, WRITE.1).args([
        "test",
        "--package",
        "cloakroom-gateway",
        "--package",
        "cloakroom-cli",
        "--lib",
        "--bins",
        "reference::",
    ]);
    steps::run(vec![
        Step::task("threats", write_threats),
        Step::program("reference", cargo),
        Step::task("links, table of contents and pictures", super::check),
    ])
}

fn write_threats() -> Outcome {
    let root = process::workspace_root();
    let page = threats::of(&Tree::read(&root)?);
    if let Some(page) = page {
        fs::write(root.join(threats::PAGE), page)?;
    }
    Ok(())
}
