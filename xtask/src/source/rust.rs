//! One Rust file as tokens, with its test code told apart.

use std::ops::Range;

use super::lexer::{self, Kind, Token};

/// The tokens of a file, and which of them exist in test builds only.
#[derive(Debug)]
pub(crate) struct RustFile<'a> {
    tokens: Vec<Token<'a>>,
    test_spans: Vec<Range<usize>>,
    line_count: usize,
}

impl<'a> RustFile<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        let tokens = lexer::lex(text);
        let test_spans = test_spans(&tokens);
        Self { tokens, test_spans, line_count: text.lines().count() }
    }

    pub(crate) fn tokens(&self) -> &[Token<'a>] {
        &self.tokens
    }

    /// Whether the token at `at` is part of an item under `#[test]` or `#[cfg(test)]`.
    pub(crate) fn is_test(&self, at: usize) -> bool {
        self.test_spans.iter().any(|span| span.contains(&at))
    }

    /// The tokens that are in every build.
    pub(crate) fn plain_tokens(&self) -> Vec<Token<'a>> {
        let tokens = self.tokens.iter().enumerate();
        tokens.filter(|(at, _)| !self.is_test(*at)).map(|(_, token)| *token).collect()
    }

    /// Lines that are no part of a test item, comments and blank lines included.
    pub(crate) fn plain_line_count(&self) -> usize {
        let spans = self.test_spans.iter();
        let test_lines: usize =
            spans.map(|span| self.tokens[span.end - 1].line - self.tokens[span.start].line + 1).sum();
        self.line_count.saturating_sub(test_lines)
    }

    /// The names of `mod name;` declarations that only a test build follows.
    pub(crate) fn test_modules(&self) -> impl Iterator<Item = &'a str> {
        let declarations = self.tokens.windows(3).enumerate();
        declarations
            .filter(|(at, window)| window[0].is_word("mod") && window[2].is_mark(";") && self.is_test(*at))
            .map(|(_, window)| window[1].text)
    }
}

/// Where an attribute ends and what it holds: `#`, an optional `!`, and the tokens between its brackets.
pub(crate) struct Attribute<'t, 'a> {
    pub(crate) body: &'t [Token<'a>],
    pub(crate) inner: bool,
    /// The index after its closing bracket.
    pub(crate) end: usize,
}

/// The attribute that begins at token `at`.
pub(crate) fn attribute<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Option<Attribute<'t, 'a>> {
    if !tokens.get(at)?.is_mark("#") {
        return None;
    }
    let inner = tokens.get(at + 1)?.is_mark("!");
    let open = at + 1 + usize::from(inner);
    if !tokens.get(open)?.is_mark("[") {
        return None;
    }
    let end = closing(tokens, open);
    Some(Attribute { body: tokens.get(open + 1..end.saturating_sub(1)).unwrap_or(&[]), inner, end })
}

/// The index after the bracket that closes the one at `open`.
fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match (token.kind, token.text) {
            (Kind::Mark, "(" | "[" | "{") => depth += 1,
            (Kind::Mark, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

fn test_spans(tokens: &[Token<'_>]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(attribute) = attribute(tokens, at) else {
            at += 1;
            continue;
        };
        if !marks_test(attribute.body) {
            at = attribute.end;
            continue;
        }
        let end = if attribute.inner { tokens.len() } else { item_end(tokens, attribute.end) };
        spans.push(at..end);
        at = end;
    }
    spans
}

/// `#[test]`, `#[tokio::test]`, or a `cfg` that holds in test builds only.
fn marks_test(body: &[Token<'_>]) -> bool {
    if body.first().is_some_and(|token| token.is_word("cfg")) {
        return body.len() > 3 && needs_test(&body[2..body.len() - 1]);
    }
    let arguments = body.iter().position(|token| token.is_mark("(")).unwrap_or(body.len());
    body[..arguments].last().is_some_and(|token| token.is_word("test"))
}

/// Whether a `cfg` condition is false in every build that is no test.
fn needs_test(condition: &[Token<'_>]) -> bool {
    let Some(first) = condition.first() else { return false };
    let arguments = condition.get(2..condition.len().saturating_sub(1)).unwrap_or(&[]);
    match first.text {
        "test" | "doctest" => condition.len() == 1,
        "all" => list(arguments).any(needs_test),
        "any" => list(arguments).all(needs_test),
        _ => false,
    }
}

/// The arguments between commas that stand in no bracket.
fn list<'t, 'a>(arguments: &'t [Token<'a>]) -> impl Iterator<Item = &'t [Token<'a>]> {
    let mut depth = 0_i32;
    arguments.split(move |token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is_mark(",")
    })
}

/// Words that begin an item or a statement; anything else under an attribute is a field, a variant or an arm.
const ITEM_WORDS: [&str; 17] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "let",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "unsafe",
    "use",
];

/// The index after the item whose attributes end at `start`.
fn item_end(tokens: &[Token<'_>], start: usize) -> usize {
    let mut at = start;
    loop {
        if let Some(attribute) = attribute(tokens, at) {
            at = attribute.end;
        } else if tokens.get(at).is_some_and(|token| token.kind == Kind::OuterDoc) {
            at += 1;
        } else {
            break;
        }
    }
    let is_item = tokens.get(at).is_some_and(|token| ITEM_WORDS.contains(&token.text));
    while let Some(token) = tokens.get(at) {
        match (token.kind, token.text) {
            (Kind::Mark, ";") => return at + 1,
            (Kind::Mark, ",") if !is_item => return at + 1,
            (Kind::Mark, ")" | "]" | "}") => return at,
            (Kind::Mark, "{") => return closing(tokens, at),
            (Kind::Mark, "(" | "[") => at = closing(tokens, at),
            _ => at += 1,
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_words(text: &str) -> Vec<&str> {
        let tokens = RustFile::parse(text).plain_tokens();
        tokens.into_iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    #[test]
    fn what_only_a_test_build_has_is_left_out() {
        let text =
            "a; #[cfg(test)] mod tests { use b; fn c() { {} } } d; #[tokio::test(x = 1)] async fn e() {} f";
        assert_eq!(plain_words(text), ["a", "d", "f"]);
    }

    #[test]
    fn a_condition_that_a_plain_build_can_meet_is_kept() {
        assert_eq!(plain_words("#[cfg(not(test))] fn a() {}"), ["cfg", "not", "test", "fn", "a"]);
        assert_eq!(plain_words("#[cfg(any(test, feature = \"x\"))] fn a() {} b").last(), Some(&"b"));
        assert_eq!(plain_words("#[cfg(all(unix, any(test, doctest)))] fn a() {} b"), ["b"]);
    }

    #[test]
    fn a_field_ends_at_its_comma_and_an_item_at_its_brace() {
        assert_eq!(plain_words("struct A { #[cfg(test)] b: C, d: E }"), ["struct", "A", "d", "E"]);
        assert_eq!(plain_words("#[cfg(test)] /// doc\n fn f<A, B>(c: [u8; 3]) -> D { e } g"), ["g"]);
    }

    #[test]
    fn an_inner_attribute_takes_the_whole_file() {
        assert!(plain_words("#![cfg(test)] fn a() {}").is_empty());
    }

    #[test]
    fn lines_of_tests_do_not_count() {
        let text = "//! Doc.\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(RustFile::parse(text).plain_line_count(), 3);
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_is_named() {
        let file = RustFile::parse("mod a; #[cfg(test)] mod b; #[cfg(test)] mod c { }");
        assert_eq!(file.test_modules().collect::<Vec<_>>(), ["b"]);
    }
}
