//! Every link from one file to another leads somewhere, to the very heading that it names.

use std::path::Path;

use super::headings::{anchors, prose};
use crate::source::{SourceFile, Tree};
use crate::tidy::Problem;

/// A link of a file.
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) target: String,
}

/// Whether a target is elsewhere than in this repository.
pub(super) fn is_elsewhere(target: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

/// Whether a path is that of a file with this extension.
pub(super) fn is_of_kind(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// All links and pictures of a file. Those of references, `[a][b]`, have their target in a line of its own.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for line in prose(text) {
        let inline = line.text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        let reference = line
            .text
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
            .map(|(_, target)| target.trim());
        let targets = inline.chain(reference).filter(|target| !target.is_empty());
        links.extend(targets.map(|target| Link { line: line.number, target: target.to_owned() }));
    }
    links
}

/// The path that a target of a file stands for, from the root of the workspace; the anchor beside it.
pub(super) fn resolve(from: &str, target: &str) -> Option<(String, Option<String>)> {
    let (path, anchor) =
        target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    if path.is_empty() {
        return Some((from.to_owned(), anchor));
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), anchor))
}

/// Looks at every Markdown file of the repository.
pub(super) fn check(tree: &Tree, root: &Path) -> Vec<Problem> {
    let is_markdown = |file: &&SourceFile| is_of_kind(&file.path, "md");
    tree.files().iter().filter(is_markdown).flat_map(|file| broken(tree, root, file)).collect()
}

fn broken(tree: &Tree, root: &Path, file: &SourceFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for link in links(&file.text).into_iter().filter(|link| !is_elsewhere(&link.target)) {
        let problem = |wrong: String, right: &str| Problem::at(&file.path, link.line, wrong, right);
        let Some((path, anchor)) = resolve(&file.path, &link.target) else {
            problems.push(problem(
                format!("a link leads out of the repository: {}", link.target),
                "a path in it, or a whole URL",
            ));
            continue;
        };
        let is_there = tree.file(&path).is_some() || root.join(&path).exists();
        if !is_there {
            problems.push(problem(
                format!("a link leads to {path}, which is not there"),
                "the path of a file, from this one",
            ));
        } else if let (Some(anchor), Some(target)) = (anchor, tree.file(&path))
            && is_of_kind(&path, "md")
            && !anchors(&target.text).contains(&anchor)
        {
            problems.push(problem(
                format!("{path} has no heading #{anchor}"),
                "one of its headings, in lower case and with dashes",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("docs/a.md", text), ("docs/b.md", "# One thing\n"), ("README.md", "# Top\n")]);
        check(&tree, Path::new("no-such-folder")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_nowhere_are_found_with_their_line() {
        for wrong in
            ["[x](c.md)", "[x](b.md#two)", "![x](p.svg)", "[x](#here)", "[x](../../c.md)", "[x]: c.md"]
        {
            let found = problems(&format!("# A\n\n{wrong}\n"));
            assert!(found.len() == 1 && found[0].starts_with("docs/a.md:3: "), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn links_that_lead_somewhere_and_links_in_code_are_not() {
        let right = "# A\n[x](b.md) [y](b.md#one-thing \"title\") [z](#a) [r](../README.md#top) [u](https://a.example/#x) `[x](c.md)`\n```\n[x](c.md)\n```\n";
        assert_eq!(problems(right), Vec::<String>::new());
    }
}
