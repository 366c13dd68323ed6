//! The pictures of the manual: drawn by hand as SVG, or photographed by the browser tests.

use std::fs;
use std::io;
use std::path::Path;

use super::links::{is_elsewhere, is_of_kind, links, resolve};
use crate::process::{self, Outcome};
use crate::source::{SourceFile, Tree};
use crate::tidy::Problem;

/// Where they are.
const FOLDER: &str = "docs/pictures";

/// The most that all photographs come to, in octets: they are kept in every clone for good.
const OCTETS_MAX: u64 = 500_000;

/// Photographs of the browser tests, and what they are called in the manual.
const PHOTOGRAPHS: [(&str, &str); 4] = [
    ("chromium-desk-light-sign-in-on-the-way.png", "sign-in.png"),
    ("chromium-desk-light-account.png", "account.png"),
    ("chromium-demo-guide.webp", "demo.webp"),
    ("chromium-demo-replay.webp", "demo-replay.webp"),
];

/// Copies what the tests have photographed. They have to have run.
pub(super) fn copy() -> Outcome {
    let root = process::workspace_root();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    for (photograph, name) in PHOTOGRAPHS {
        let from = target.join("tmp/pages").join(photograph);
        let copied = fs::copy(&from, root.join(FOLDER).join(name));
        let octets = copied.map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("{}: {error}; `cargo xtask test pages` makes it", from.display()),
            )
        })?;
        println!("{FOLDER}/{name}: {octets} octets");
    }
    Ok(())
}

/// Pictures that no page shows, and more photographs than there is room for.
pub(super) fn check(tree: &Tree, root: &Path) -> io::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut octets = 0;
    for entry in fs::read_dir(root.join(FOLDER))? {
        let entry = entry?;
        let path = format!("{FOLDER}/{}", entry.file_name().to_string_lossy());
        if !is_of_kind(&path, "svg") {
            octets += entry.metadata()?.len();
        }
        if !tree.files().iter().any(|file| shows(file, &path)) {
            problems.push(Problem::at(
                &path,
                1,
                "no page shows this picture",
                "a page that does, or no picture",
            ));
        }
    }
    if octets > OCTETS_MAX {
        let wrong = format!("photographs of {octets} octets in all");
        problems.push(Problem::at(FOLDER, 1, wrong, format!("at most {OCTETS_MAX}: fewer, or smaller ones")));
    }
    Ok(problems)
}

fn shows(file: &SourceFile, picture: &str) -> bool {
    let is_this = |target: &str| {
        !is_elsewhere(target) && resolve(&file.path, target).is_some_and(|(path, _)| path == picture)
    };
    is_of_kind(&file.path, "md") && links(&file.text).iter().any(|link| is_this(&link.target))
}
