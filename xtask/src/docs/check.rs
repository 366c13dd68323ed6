//! The documentation as a whole: links, table of contents, pictures.

use super::{links, pictures, summary, threats};
use crate::process::{self, Outcome};
use crate::source::Tree;
use crate::tidy::report;

pub(crate) fn run() -> Outcome {
    let root = process::workspace_root();
    let tree = Tree::read(&root)?;
    let mut problems = links::check(&tree, &root);
    problems.extend(summary::check(&tree));
    problems.extend(threats::check(&tree));
    problems.extend(pictures::check(&tree, &root)?);
    report("documentation", problems, "links, anchors, table of contents and pictures")
}
