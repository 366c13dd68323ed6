//! Where a proxy finds its certificate and other files.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A certificate with its chain, and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The chain, the proxy's own certificate first, in PEM.
    pub chain: PlainPath,
    /// The private key, in PEM.
    pub key: PlainPath,
}

/// A path of letters, digits, `/`, `.`, `_`, `-` and `+`: what needs no quotes in any configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainPath(String);

/// The path has something in it that some configuration would take for more than a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a path here has letters, digits, '/', '.', '_', '-' and '+' only")]
pub struct InvalidPath;

impl PlainPath {
    /// The path of a file in this folder.
    pub(super) fn join(&self, name: &str) -> String {
        format!("{}/{name}", self.0.trim_end_matches('/'))
    }
}

impl FromStr for PlainPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"/._-+".contains(&octet);
        if text.is_empty() || text.starts_with('-') || !text.bytes().all(is_plain) {
            return Err(InvalidPath);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PlainPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_end_its_directive_and_begin_another() {
        for text in ["", "a b", "a;b", "a\"b", "a\nb", "a{b", "a$b", "a#b", "-a"] {
            assert_eq!(text.parse::<PlainPath>(), Err(InvalidPath), "{text:?}");
        }
        assert_eq!("/etc/x/".parse::<PlainPath>().unwrap().join("y.lua"), "/etc/x/y.lua");
    }
}
