//! The shape of a file: it says what it is, it has one subject, and a façade is only a façade.

use super::Problem;
use crate::source::{Kind, RustFile, SourceFile, Token, Tree, attribute};

/// Past this many lines a file has a second subject.
const LINES_MAX: usize = 400;

pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.rust_files() {
        let rust = RustFile::parse(&file.text);
        problems.extend(module_doc(file, &rust));
        if !tree.is_test_file(&file.path) {
            problems.extend(length(file, &rust));
        }
        if file.path.ends_with("/mod.rs") || file.path.ends_with("/lib.rs") {
            problems.extend(facade(file, &rust));
        }
    }
    problems
}

fn module_doc(file: &SourceFile, rust: &RustFile<'_>) -> Option<Problem> {
    let first = rust.tokens().first();
    if first.is_some_and(|token| token.kind == Kind::InnerDoc) {
        return None;
    }
    let line = first.map_or(1, |token| token.line);
    Some(Problem::at(
        &file.path,
        line,
        "the file does not begin with a module doc",
        "a first line `//! What this file is for.`",
    ))
}

fn length(file: &SourceFile, rust: &RustFile<'_>) -> Option<Problem> {
    let lines = rust.plain_line_count();
    (lines > LINES_MAX).then(|| {
        Problem::at(
            &file.path,
            LINES_MAX,
            format!("{lines} lines without its tests, of {LINES_MAX}"),
            "the second subject in a file of its own",
        )
    })
}

fn facade(file: &SourceFile, rust: &RustFile<'_>) -> Option<Problem> {
    let tokens = rust.plain_tokens();
    let odd = first_item_of_no_facade(&tokens)?;
    Some(Problem::at(
        &file.path,
        odd.line,
        format!("`{}` begins an item in a façade", odd.text),
        "docs, `mod` and `use` only; the item in a file of its own",
    ))
}

/// The first token of the first item that is neither `mod` nor `use`.
fn first_item_of_no_facade<'a>(tokens: &[Token<'a>]) -> Option<Token<'a>> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some(attribute) = attribute(tokens, at) {
            at = attribute.end;
        } else if matches!(token.kind, Kind::InnerDoc | Kind::OuterDoc) || token.is_word("pub") {
            at += 1;
        } else if token.is_mark("(") {
            // The scope of a `pub(crate)`.
            at += tokens[at..].iter().position(|token| token.is_mark(")"))? + 1;
        } else if token.is_word("mod") && tokens.get(at + 2).is_some_and(|open| open.is_mark("{")) {
            at += 3;
        } else if token.is_word("mod") || token.is_word("use") {
            at += tokens[at..].iter().position(|token| token.is_mark(";"))? + 1;
        } else if token.is_mark("}") {
            // The end of an inline module, whose items have been judged like ours.
            at += 1;
        } else {
            return Some(*token);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_file_without_a_module_doc_is_found() {
        assert_eq!(problems("a/src/b.rs", "fn c() {}"), 1);
        assert_eq!(problems("a/src/b.rs", "/// not inner\nfn c() {}"), 1);
        assert_eq!(problems("a/tests/b.rs", ""), 1);
        assert_eq!(problems("a/src/b.rs", "//! Doc.\nfn c() {}"), 0);
        assert_eq!(problems("a/src/b.rs", "// Copyright\n//! Doc.\n"), 0);
    }

    #[test]
    fn a_file_past_the_limit_is_found_and_its_tests_do_not_count() {
        let code = format!("//! Doc.\n{}", "fn f() {}\n".repeat(LINES_MAX));
        assert_eq!(problems("a/src/b.rs", &code), 1);
        let tests = format!("//! Doc.\n#[cfg(test)] mod t {{\n{}}}\n", "fn f() {}\n".repeat(LINES_MAX));
        assert_eq!(problems("a/src/b.rs", &tests), 0);
        assert_eq!(problems("a/tests/b.rs", &code), 0);
    }

    #[test]
    fn an_item_in_a_facade_is_found() {
        for item in
            ["fn a() {}", "pub struct A;", "const A: u8 = 1;", "mod a { fn b() {} }", "macro_rules! a {}"]
        {
            assert_eq!(problems("a/src/lib.rs", &format!("//! Doc.\n{item}")), 1, "{item}");
        }
    }

    #[test]
    fn docs_modules_and_uses_are_a_facade() {
        let text = "//! Doc.\n#![warn(x)]\nmod a;\n/// Doc.\npub mod b;\npub(crate) use a::{B, c::D};\n\
                    #[cfg(doctest)]\nstruct Readme;\n#[cfg(test)]\nmod tests { fn a() {} }\nmod c { pub use d::E; }";
        assert_eq!(problems("a/src/b/mod.rs", text), 0);
    }
}
