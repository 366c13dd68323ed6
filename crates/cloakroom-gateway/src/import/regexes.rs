//! Regular expressions of paths, as far as patterns of ours can say the same.

use crate::config::PathPattern;

/// A pattern of ours, beside the expression that it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Translated {
    /// The pattern.
    pub(super) path: String,
    /// What is in it and what is not.
    pub(super) fit: Fit,
}

/// How the requests that a pattern is about compare with those of the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// They are the same, as far as paths go that every program reads alike.
    Exact,
    /// Some of the expression's are not in it.
    Narrower,
    /// Some are in it that are not the expression's: those of this one path, with or without a query.
    Wider(String),
}

/// What the other program holds an expression against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The path alone.
    Path,
    /// The path, and the query where there is one.
    PathAndQuery,
}

/// Most patterns of one expression.
const ALTERNATIVES_MAX: usize = 16;

/// The patterns that together are about what an expression is about; `None` where there are none.
pub(super) fn translate(expression: &str, subject: Subject) -> Option<Vec<Translated>> {
    let mut found = Vec::new();
    for one in alternatives(expression)? {
        found.push(of_one(&one, subject)?);
    }
    Some(found)
}

/// An expression without a choice of words, for each of the choices: `^/(css|js)/` is `^/css/` and `^/js/`.
fn alternatives(expression: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut waiting = vec![expression.to_owned()];
    while let Some(text) = waiting.pop() {
        let Some((before, words, after)) = choice(&text) else {
            done.push(text);
            continue;
        };
        waiting.extend(words.split('|').rev().map(|word| format!("{before}{word}{after}")));
        if waiting.len() + done.len() > ALTERNATIVES_MAX {
            return None;
        }
    }
    Some(done)
}

/// The first choice of plain words that is not itself optional, and what is around it.
fn choice(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('(')?;
    let close = open + text[open..].find(')')?;
    let words = text[open + 1..close].trim_start_matches("?:");
    let is_plain = words.contains('|')
        && words
            .split('|')
            .all(|word| !word.is_empty() && literal(word).is_some_and(|(_, rest, _)| rest.is_empty()));
    let after = &text[close + 1..];
    let is_once = !after.starts_with(['?', '*', '+', '{']);
    (is_plain && is_once).then_some((&text[..open], words, after))
}

fn of_one(expression: &str, subject: Subject) -> Option<Translated> {
    let rest = expression.strip_prefix('^')?;
    let (path, tail, has_dot) = literal(rest)?;
    let below = format!("{}/*", path.trim_end_matches('/'));
    let (path, fit) = match tail {
        // Whatever begins with it.
        "" | ".*" | ".*$" | "(.*)" | "(.*)$" if path.is_empty() || path.ends_with('/') => {
            let without = path.trim_end_matches('/');
            (below, if without.is_empty() { Fit::Exact } else { Fit::Wider(without.to_owned()) })
        }
        "" | ".*" | ".*$" | "(.*)" | "(.*)$" => (below, Fit::Narrower),
        "$" if subject == Subject::Path => (path, Fit::Exact),
        "$" => (path.clone(), Fit::Wider(path)),
        "([/?].*)?$" | "(?:[/?].*)?$" | "([/?].*|$)" | "([/?]|$)" | "(/|\\?|$)" => (below, Fit::Exact),
        "(/.*)?$" | "(?:/.*)?$" | "(/|$)" | "(?:/|$)" | "($|/)" | "(/.*|$)" => {
            let fit = if subject == Subject::Path { Fit::Exact } else { Fit::Wider(path) };
            (below, fit)
        }
        _ => return None,
    };
    // A dot that stands for any letter is meant as a dot: what else it could be is left out, which no wider pattern may be.
    let fit = match fit {
        Fit::Exact if has_dot => Fit::Narrower,
        Fit::Wider(_) if has_dot => return None,
        fit => fit,
    };
    path.parse::<PathPattern>().ok()?;
    Some(Translated { path, fit })
}

/// The letters that an expression begins with and that stand for themselves, what follows, and whether a dot among them stands for any letter.
fn literal(expression: &str) -> Option<(String, &str, bool)> {
    let mut text = String::new();
    let mut has_dot = false;
    let mut rest = expression;
    loop {
        let mut letters = rest.chars();
        let (letter, after) = match letters.next() {
            Some('\\') => match letters.next() {
                Some(escaped @ ('.' | '-' | '/' | '_' | '~' | '+' | '$')) => (escaped, letters.as_str()),
                _ => break,
            },
            Some('.') if !letters.as_str().starts_with(['*', '+', '?', '{']) => {
                has_dot = true;
                ('.', letters.as_str())
            }
            Some(letter) if letter.is_ascii_alphanumeric() || "/_-~:@,=&!'".contains(letter) => {
                (letter, letters.as_str())
            }
            _ => break,
        };
        // It may come several times, or not at all.
        if after.starts_with(['*', '+', '?', '{']) {
            return None;
        }
        text.push(letter);
        rest = after;
    }
    Some((text, rest, has_dot))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(expression: &str, subject: Subject) -> Option<(String, Fit)> {
        let [found] = translate(expression, subject)?.try_into().ok()?;
        Some((found.path, found.fit))
    }

    #[test]
    fn what_begins_ends_or_goes_on_at_a_slash_is_said_exactly() {
        use Subject::{Path, PathAndQuery};
        for (expression, subject, path) in [
            ("^/", PathAndQuery, "/*"),
            ("^/.*$", PathAndQuery, "/*"),
            ("^/health$", Path, "/health"),
            ("^/health/$", Path, "/health/"),
            ("^/api([/?].*)?$", PathAndQuery, "/api/*"),
            ("^/api([/?].*)?$", Path, "/api/*"),
            ("^/api(/.*)?$", Path, "/api/*"),
            ("^\\/robots\\.txt$", Path, "/robots.txt"),
        ] {
            assert_eq!(one(expression, subject), Some((path.to_owned(), Fit::Exact)), "{expression}");
        }
    }

    #[test]
    fn what_is_nearly_said_says_how() {
        use Subject::{Path, PathAndQuery};
        let wider = |path: &str| Fit::Wider(path.to_owned());
        for (expression, subject, path, fit) in [
            ("^/static", Path, "/static/*", Fit::Narrower),
            ("^/static.*$", PathAndQuery, "/static/*", Fit::Narrower),
            ("^/robots.txt$", Path, "/robots.txt", Fit::Narrower),
            ("^/static/", Path, "/static/*", wider("/static")),
            ("^/static/.*", PathAndQuery, "/static/*", wider("/static")),
            ("^/health$", PathAndQuery, "/health", wider("/health")),
            ("^/api(/.*)?$", PathAndQuery, "/api/*", wider("/api")),
        ] {
            assert_eq!(one(expression, subject), Some((path.to_owned(), fit)), "{expression}");
        }
    }

    #[test]
    fn a_choice_of_words_is_several_patterns() {
        let found = translate("^/(css|js|img)/(a|b)$", Subject::Path).unwrap();
        let paths: Vec<&str> = found.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(paths, ["/css/a", "/css/b", "/js/a", "/js/b", "/img/a", "/img/b"]);
        assert_eq!(translate("^/(a|b)(c|d)(e|f)(g|h)(i|j)$", Subject::Path), None, "too many");
    }

    #[test]
    fn what_is_more_than_that_is_not_translated() {
        for expression in [
            "",
            "health",
            "/health",
            ".*",
            "^/a+$",
            "^/a?$",
            "^/[ab]$",
            "^/a.*b$",
            "^/a\\d+$",
            "^/a{2}$",
            "^/a|/b$",
            "(?i)^/a$",
            "^(/a)?$",
            "^/.?b$",
            "^/a..$x",
            "^//a$",
            "^/../a$",
            "^/a b$",
            "^/a.b/",
            "\\A/a$",
            "^/(a|b)?$",
            "^/é$",
            "^/a%2e$",
        ] {
            assert_eq!(translate(expression, Subject::Path), None, "{expression}");
        }
    }
}
