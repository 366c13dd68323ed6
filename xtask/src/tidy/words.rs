//! Words that never land: unfinished code, silenced tests and lints, one machine's paths, registry hosts.

use super::Problem;
use crate::source::{Kind, RustFile, SourceFile, Token, Tree, attribute};

/// Macros that stand for code somebody still has to write.
const UNFINISHED: [&str; 2] = ["todo", "unimplemented"];

/// Attributes that make a test or a lint say nothing, and what to write instead.
const SILENCERS: [(&str, &str); 3] = [
    ("ignore", "a test that always runs, or none; what it needs goes into xtask/src/test/requirements.rs"),
    ("should_panic", "an assertion on the error that the code returns"),
    ("allow", "`#[expect(lint, reason = \"..\")]`, which ends when its cause does"),
];

/// Top folders of one person's machine, without their slashes so that this file keeps its own rule.
const MACHINE_FOLDERS: [&str; 3] = ["work", "root", "home"];

/// The temporary folder, in parts as well.
const TEMPORARY: &str = concat!("/", "tmp");

/// Hosts of package registries, in parts for the same reason.
const REGISTRY_HOSTS: [[&str; 2]; 6] = [
    ["crates", "io"],
    ["pypi", "org"],
    ["pythonhosted", "org"],
    ["npmjs", "org"],
    ["npmjs", "com"],
    ["deb.debian", "org"],
];

/// The files of this name cargo fills with its registry's address.
const LOCK_FILE: &str = "Cargo.lock";

pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.files().iter().filter(|file| !file.path.ends_with(LOCK_FILE)) {
        problems.extend(addresses(file));
        if file.is_rust() {
            problems.extend(code(file, tree.is_test_file(&file.path)));
        }
    }
    problems
}

/// What no text file holds, whatever its language.
fn addresses(file: &SourceFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(host) =
            REGISTRY_HOSTS.map(|parts| parts.join(".")).iter().find(|host| line.contains(&**host))
        {
            problems.push(Problem::at(
                &file.path,
                number,
                format!("names the registry host {host}"),
                "the package by its name; the clients know their hosts",
            ));
        }
        if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| holds_machine_path(line, folder)) {
            problems.push(Problem::at(
                &file.path,
                number,
                format!("holds a path below /{folder}, which is one machine's"),
                "a path from the root of the repository, or one that the caller gives",
            ));
        }
    }
    problems
}

/// A path that begins at the machine's root: `crates/work/` and `https://host/work/` do not.
fn holds_machine_path(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-*/{}$~".contains(before))
    })
}

fn code(file: &SourceFile, is_test_file: bool) -> Vec<Problem> {
    let rust = RustFile::parse(&file.text);
    let tokens = rust.tokens();
    let mut problems = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_macro = tokens.get(at + 1).is_some_and(|next| next.is_mark("!"));
        if token.kind == Kind::Word && UNFINISHED.contains(&token.text) && is_macro {
            problems.push(Problem::at(
                &file.path,
                token.line,
                format!("`{}!` is unfinished code", token.text),
                "the code, or an error that says so",
            ));
        }
        problems.extend(silenced_doc_tests(file, token));
        if let Some(attribute) = attribute(tokens, at) {
            problems.extend(attribute_names(attribute.body).filter_map(|name| silencer(file, name)));
        }
        let in_test = is_test_file || rust.is_test(at);
        if token.kind == Kind::Text && !in_test && is_temporary(token.text) {
            problems.push(Problem::at(
                &file.path,
                token.line,
                "a fixed path in the temporary folder",
                "`std::env::temp_dir()`, or a path that the caller gives",
            ));
        }
    }
    problems
}

/// The name of an attribute, and those that a `cfg_attr` stands for.
fn attribute_names<'t, 'a>(body: &'t [Token<'a>]) -> impl Iterator<Item = &'t Token<'a>> {
    let conditional = body.first().is_some_and(|first| first.is_word("cfg_attr"));
    let after_commas =
        body.windows(2).filter(move |pair| conditional && pair[0].is_mark(",")).map(|pair| &pair[1]);
    body.first().into_iter().chain(after_commas)
}

fn silencer(file: &SourceFile, name: &Token<'_>) -> Option<Problem> {
    let (_, right) = SILENCERS.iter().find(|(silencer, _)| name.is_word(silencer))?;
    let wrong = format!("`#[{}]` silences what would speak", name.text);
    Some(Problem::at(&file.path, name.line, wrong, *right))
}

/// A code block in a doc comment is a test too.
fn silenced_doc_tests(file: &SourceFile, token: &Token<'_>) -> Vec<Problem> {
    if !matches!(token.kind, Kind::InnerDoc | Kind::OuterDoc) {
        return Vec::new();
    }
    let fences = (token.line..).zip(token.text.lines()).filter_map(|(line, text)| {
        let words = text.trim_start_matches(['/', '!', '*', ' ']).strip_prefix("```")?;
        let word = words.split(',').map(str::trim).find(|word| ["ignore", "should_panic"].contains(word))?;
        Some(Problem::at(
            &file.path,
            line,
            format!("a doc test that is marked `{word}`"),
            "a doc test that runs, `text` for what is no Rust, or `compile_fail` for what must not build",
        ))
    });
    fences.collect()
}

fn is_temporary(text: &str) -> bool {
    text.match_indices(TEMPORARY).any(|(at, _)| {
        let begins = at == 0 || text[..at].ends_with(' ');
        let rest = &text[at + TEMPORARY.len()..];
        begins && (rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<Problem> {
        check(&Tree::of(&[(path, text)]))
    }

    #[test]
    fn unfinished_code_is_found_and_a_mere_word_is_not() {
        assert_eq!(problems("a/src/b.rs", "fn c() { todo!() }").len(), 1);
        assert_eq!(problems("a/src/b.rs", "fn c() { unimplemented!(\"x\") }").len(), 1);
        assert!(problems("a/src/b.rs", "// todo!()\nlet todo = \"todo!\";").is_empty());
    }

    #[test]
    fn silenced_tests_and_lints_are_found_in_tests_too() {
        for attribute in [
            "#[ignore]",
            "#[ignore = \"slow\"]",
            "#[should_panic(expected = \"x\")]",
            "#[allow(dead_code)]",
            "#![allow(dead_code)]",
            "#[cfg_attr(windows, allow(dead_code))]",
        ] {
            assert_eq!(problems("a/tests/b.rs", attribute).len(), 1, "{attribute}");
        }
        assert!(
            problems("a/src/b.rs", "#[expect(x, reason = \"allow\")] fn allow() { allow(1) }").is_empty()
        );
    }

    #[test]
    fn a_silenced_doc_test_is_found() {
        assert_eq!(problems("a/src/b.rs", "/// ```ignore\n/// x\n/// ```").len(), 1);
        assert_eq!(problems("a/src/b.rs", "/*!\n```rust, should_panic\nx\n```\n*/").len(), 1);
        assert!(problems("a/src/b.rs", "/// ```compile_fail\n/// ignore\n/// ```").is_empty());
    }

    #[test]
    fn a_path_of_one_machine_is_found_in_any_file() {
        for folder in MACHINE_FOLDERS {
            assert_eq!(problems("README.md", &format!("see `/{folder}/x/y`")).len(), 1, "{folder}");
            assert!(problems("README.md", &format!("see crates/{folder}/x and /{folder}")).is_empty());
            assert!(problems("README.md", &format!("https://app.example/{folder}/x")).is_empty());
        }
    }

    #[test]
    fn a_fixed_temporary_path_is_found_outside_of_tests() {
        assert_eq!(problems("a/src/b.rs", "const C: &str = \"/tmp/d\";").len(), 1);
        assert!(problems("a/src/b.rs", "#[cfg(test)] mod t { const C: &str = \"/tmp/d\"; }").is_empty());
        assert!(problems("a/tests/b.rs", "const C: &str = \"/tmp/d\";").is_empty());
    }

    #[test]
    fn a_registry_host_is_found_but_in_the_lock_file() {
        for parts in REGISTRY_HOSTS {
            let text = format!("from https://{}/x", parts.join("."));
            assert_eq!(problems("docs/a.md", &text).len(), 1, "{text}");
            assert!(problems(LOCK_FILE, &text).is_empty());
        }
    }
}
