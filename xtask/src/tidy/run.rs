//! Runs every rule over the tree.

use super::{circles, manual, report, shape, standards, walls, words};
use crate::metadata::Metadata;
use crate::process::{self, Outcome};
use crate::source::Tree;

/// Reads the workspace and prints all that breaks a rule.
pub(crate) fn run() -> Outcome {
    let root = process::workspace_root();
    let tree = Tree::read(&root)?;
    let metadata = Metadata::read(&[])?;
    let targets: Vec<String> = metadata
        .members()
        .flat_map(|package| &package.targets)
        .filter_map(|target| process::below(&root, &target.src_path))
        .collect();

    let mut problems = shape::check(&tree);
    problems.extend(words::check(&tree));
    problems.extend(standards::check(&tree));
    problems.extend(manual::check(&tree));
    problems.extend(circles::check(&tree, &targets));
    problems.extend(walls::check(&metadata, &root));
    problems.extend(walls::check_purity(&root)?);
    report("tidy", problems, &format!("{} files", tree.files().len()))
}
