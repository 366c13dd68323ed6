//! Which paths of an application a rule is about, and which paths two programs could read differently.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::hex;

/// `/reports` for this path alone, `/reports/*` for it and everything below it.
///
/// It is compared with the path as it came, octet for octet; never with the query (CVE-2025-54576).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// Without a slash at its end, unless it is all that there is.
    path: String,
    and_below: bool,
}

/// The text is no pattern of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a path of a rule is a path such as /status, or ends with /* as /static/* does")]
pub struct InvalidPathPattern;

impl PathPattern {
    /// Whether a canonical path is meant.
    ///
    /// # Security
    /// Only what [`is_canonical`] holds for is compared; what to make of the rest is the caller's decision.
    pub fn matches(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some("") => true,
            Some(rest) => self.and_below && (self.path.is_empty() || rest.starts_with('/')),
            None => false,
        }
    }
}

impl FromStr for PathPattern {
    type Err = InvalidPathPattern;

    fn from_str(text: &str) -> Result<Self, InvalidPathPattern> {
        let (path, and_below) = match text.strip_suffix("/*") {
            Some(path) => (path, true),
            None => (text, false),
        };
        let is_path = and_below && path.is_empty() || is_canonical(path);
        if !is_path || path.contains('*') || and_below && path.ends_with('/') {
            return Err(InvalidPathPattern);
        }
        Ok(Self { path: path.to_owned(), and_below })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path, if self.and_below { "/*" } else { "" })
    }
}

/// Whether every program reads this path alike.
///
/// Proxies hand on the path as it came, and applications resolve dots, slashes and escapes each in their own way. A path is
/// canonical that has none of them: no empty segment but the last, no `.` and `..`, no backslash and no `;`, and nothing escaped that
/// could stand for itself or for one of these.
///
/// Source: Traefik GHSA-6jwx-7vp4-9847 is what comes of it otherwise.
pub fn is_canonical(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else { return false };
    let last = segments.split('/').count() - 1;
    let plain_segments = segments
        .split('/')
        .enumerate()
        .all(|(place, segment)| !matches!(segment, "." | "..") && (!segment.is_empty() || place == last));
    plain_segments
        && path.bytes().all(|octet| octet.is_ascii_graphic() && !b"\\;#?".contains(&octet))
        && escapes_are_plain(path)
}

/// Whether only octets are escaped that mean nothing in a path and cannot stand there as themselves.
fn escapes_are_plain(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| {
        let escaped = rest.as_bytes().get(..2).and_then(hex::octet);
        escaped.is_some_and(|octet| octet >= 0x80 || b" \"<>^`{|}[]".contains(&octet))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_pattern_is_one_path_or_everything_from_it_on() {
        assert!(pattern("/status").matches("/status"));
        assert!(!pattern("/status").matches("/status/"));
        assert!(!pattern("/status").matches("/statusx"));
        for path in ["/static", "/static/", "/static/a/b.css"] {
            assert!(pattern("/static/*").matches(path), "{path}");
        }
        assert!(!pattern("/static/*").matches("/staticx"));
        assert!(pattern("/*").matches("/") && pattern("/*").matches("/a/b"));
        assert!(pattern("/").matches("/") && !pattern("/").matches("/a"));
    }

    #[test]
    fn what_is_no_path_is_no_pattern() {
        for text in
            ["", "static/*", "/a*", "/*/b", "/a/../b", "/a//*", "//", "/a?b", "/a;b", "/%61", "*", "/a b"]
        {
            assert_eq!(text.parse::<PathPattern>(), Err(InvalidPathPattern), "{text}");
        }
    }

    #[test]
    fn a_pattern_reads_back_as_it_was_written() {
        for text in ["/", "/*", "/a", "/a/", "/a/*", "/caf%C3%A9/*"] {
            assert_eq!(pattern(text).to_string(), text);
        }
    }

    #[test]
    fn a_path_that_two_programs_read_differently_is_not_canonical() {
        for path in [
            "",
            "a",
            "//",
            "//a",
            "/a//b",
            "/.",
            "/..",
            "/a/./b",
            "/a/../b",
            "/a/..",
            "/%2e%2e/a",
            "/%2E/a",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a;x=1",
            "/a%3bx",
            "/a%00",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%+1",
            "/%61",
            "/a%25",
            "/a#b",
            "/a?b",
            "/a b",
            "/a%0a",
            "/a%7f",
            "/é",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
        for path in ["/", "/a", "/a/", "/a/b.c", "/..a/b..", "/a%20b", "/caf%C3%A9", "/a:b@c,d=e+f!$&'()*~_-"]
        {
            assert!(is_canonical(path), "{path}");
        }
    }
}
