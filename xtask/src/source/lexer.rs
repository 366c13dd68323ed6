//! Rust text as tokens, so that no rule mistakes a comment or a string for code.

use std::iter::Peekable;
use std::str::CharIndices;

/// One token with its text and the line that it begins on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// A string literal without its quotes; everything else as it stands.
    pub(crate) text: &'a str,
    /// Counted from 1.
    pub(crate) line: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword; a raw identifier without its `r#`.
    Word,
    /// The two colons of a path.
    PathSeparator,
    /// Any other single character.
    Mark,
    /// The content of a string literal, escapes untouched.
    Text,
    /// A character, a number or a lifetime: nothing that a rule looks into.
    Other,
    /// `//!` or `/*!`.
    InnerDoc,
    /// `///` or `/**`.
    OuterDoc,
}

impl Token<'_> {
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// All tokens of `text`. Plain comments are left out.
pub(crate) fn lex(text: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { text, rest: text.char_indices().peekable(), line: 1 };
    let mut tokens = Vec::new();
    while let Some(&(start, first)) = lexer.rest.peek() {
        let line = lexer.line;
        if let Some((kind, token_text)) = lexer.token(start, first) {
            tokens.push(Token { kind, text: token_text, line });
        }
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn token(&mut self, start: usize, first: char) -> Option<(Kind, &'a str)> {
        let tail = &self.text[start..];
        if tail.starts_with("//") {
            return self.line_comment(start);
        }
        if tail.starts_with("/*") {
            return self.block_comment(start);
        }
        if let Some(opening) = string_opening(tail) {
            return Some((Kind::Text, self.string(start, &opening)));
        }
        if tail.starts_with("::") {
            return Some((Kind::PathSeparator, self.take(start, 2)));
        }
        if let Some(raw) = tail.strip_prefix("r#").filter(|raw| raw.starts_with(begins_word)) {
            let word = raw.len() - raw.trim_start_matches(continues_word).len();
            return Some((Kind::Word, &self.take(start, 2 + word)[2..]));
        }
        if first == '\'' || tail.starts_with("b'") {
            return Some((Kind::Other, self.take(start, quote_len(tail))));
        }
        if begins_word(first) {
            let word = tail.len() - tail.trim_start_matches(continues_word).len();
            return Some((Kind::Word, self.take(start, word)));
        }
        if first.is_ascii_digit() {
            let number = tail.len() - tail.trim_start_matches(continues_word).len();
            return Some((Kind::Other, self.take(start, number)));
        }
        let mark = self.take(start, first.len_utf8());
        (!first.is_whitespace()).then_some((Kind::Mark, mark))
    }

    /// Steps over `len` octets and counts their lines.
    fn take(&mut self, start: usize, len: usize) -> &'a str {
        let end = (start + len).min(self.text.len());
        while let Some((_, character)) = self.rest.next_if(|&(at, _)| at < end) {
            self.line += usize::from(character == '\n');
        }
        &self.text[start..end]
    }

    fn line_comment(&mut self, start: usize) -> Option<(Kind, &'a str)> {
        let tail = &self.text[start..];
        let comment = self.take(start, tail.find('\n').unwrap_or(tail.len()));
        if comment.starts_with("//!") {
            return Some((Kind::InnerDoc, comment));
        }
        (comment.starts_with("///") && !comment.starts_with("////")).then_some((Kind::OuterDoc, comment))
    }

    /// Block comments nest.
    fn block_comment(&mut self, start: usize) -> Option<(Kind, &'a str)> {
        let tail = &self.text[start..];
        let (mut depth, mut len) = (0_usize, 0);
        while len < tail.len() {
            let here = &tail.as_bytes()[len..];
            if here.starts_with(b"/*") {
                depth += 1;
                len += 2;
            } else if here.starts_with(b"*/") {
                depth -= 1;
                len += 2;
                if depth == 0 {
                    break;
                }
            } else {
                len += 1;
            }
        }
        let comment = self.take(start, len);
        if comment.starts_with("/*!") {
            return Some((Kind::InnerDoc, comment));
        }
        let outer = comment.starts_with("/**") && !comment.starts_with("/***") && comment != "/**/";
        outer.then_some((Kind::OuterDoc, comment))
    }

    fn string(&mut self, start: usize, opening: &Opening) -> &'a str {
        let body = &self.text[start + opening.len..];
        let (body_len, closing_len) = match opening.hashes {
            Some(hashes) => {
                let closing = format!("\"{}", "#".repeat(hashes));
                (body.find(&closing).unwrap_or(body.len()), closing.len())
            }
            None => (unescaped_quote(body), 1),
        };
        self.take(start, opening.len + body_len + closing_len);
        &body[..body_len]
    }
}

/// How a string literal begins: the octets up to its first quote, and the hashes of a raw one.
struct Opening {
    len: usize,
    hashes: Option<usize>,
}

fn string_opening(tail: &str) -> Option<Opening> {
    let prefix = tail.bytes().take(2).take_while(|octet| b"bcr".contains(octet)).count();
    let after = &tail[prefix..];
    if !tail[..prefix].ends_with('r') {
        return after.starts_with('"').then_some(Opening { len: prefix + 1, hashes: None });
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(Opening { len: prefix + hashes + 1, hashes: Some(hashes) })
}

fn unescaped_quote(body: &str) -> usize {
    let mut escaped = false;
    let end = body.bytes().position(|octet| {
        let closes = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        closes
    });
    end.unwrap_or(body.len())
}

/// The octets of a character literal or a lifetime, of which the first is a quote or `b`.
fn quote_len(tail: &str) -> usize {
    let opening = tail.find('\'').map_or(1, |at| at + 1);
    let body = &tail[opening..];
    if let Some(escape) = body.strip_prefix('\\') {
        let escaped = escape.chars().next().map_or(0, char::len_utf8);
        let rest = &escape[escaped..];
        return opening + 1 + escaped + rest.find('\'').map_or(rest.len(), |at| at + 1);
    }
    let first = body.chars().next().map_or(0, char::len_utf8);
    if body[first..].starts_with('\'') {
        return opening + first + 1;
    }
    opening + body.len() - body.trim_start_matches(continues_word).len()
}

fn begins_word(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

fn continues_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        lex(text).into_iter().filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_strings_hide_their_words() {
        let text = "a /* b /* c */ d */ e // f\n\"g \\\" h\" r#\"i \" j\"# b\"k\" br##\"l\"# m\"## n";
        assert_eq!(words(text), ["a", "e", "n"]);
    }

    #[test]
    fn a_quote_opens_a_character_or_a_lifetime() {
        assert_eq!(words("f::<'a>('b', '\\'', '\\u{1F}', b'\"', 'ß', '\"') g"), ["f", "g"]);
    }

    #[test]
    fn lines_are_counted_through_comments_and_strings() {
        let tokens = lex("/*\n*/ \"\n\n\" last");
        assert_eq!(tokens.last().map(|token| (token.text, token.line)), Some(("last", 4)));
    }

    #[test]
    fn doc_comments_are_kept_and_told_apart() {
        let kinds: Vec<Kind> = lex("//! in\n/// out\n//// none\n/*! in */ /** out */ /**/ /*** none */")
            .iter()
            .map(|token| token.kind)
            .collect();
        assert_eq!(kinds, [Kind::InnerDoc, Kind::OuterDoc, Kind::InnerDoc, Kind::OuterDoc]);
    }

    #[test]
    fn a_raw_identifier_is_its_word() {
        assert_eq!(words("r#type r#match x"), ["type", "match", "x"]);
    }

    #[test]
    fn a_text_that_breaks_off_still_ends() {
        for text in ["\"abc", "/* abc", "r#\"abc", "'", "b'", "'\\", "\"\\"] {
            assert!(words(text).is_empty(), "{text}");
        }
    }
}
