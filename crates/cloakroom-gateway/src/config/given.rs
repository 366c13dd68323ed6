//! A value as it was written, and the place where it stands.

use std::fmt;
use std::path::PathBuf;

use crate::config::Key;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One value.
    Text(String),
    /// Several values.
    List(Vec<String>),
    /// Yes or no, as the file has a word for.
    Flag(bool),
}

impl Given {
    /// The single value; a list of one counts as one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(items) => match items.as_slice() {
                [item] => Some(item),
                _ => None,
            },
            Self::Flag(_) => None,
        }
    }

    /// Yes or no; the environment and the command line have texts alone.
    pub(super) fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            given => given.as_text()?.parse().ok(),
        }
    }

    /// All values; one text may hold several, separated by commas.
    pub(super) fn items(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect(),
            Self::List(items) => items.iter().map(String::as_str).collect(),
            Self::Flag(true) => vec!["true"],
            Self::Flag(false) => vec!["false"],
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => write!(f, "{items:?}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// The place where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(Key),
    /// A flag of the command line.
    Flag(Key),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Environment(key) => write!(f, "environment variable {}", key.variable()),
            Self::Flag(key) => write!(f, "flag {}", key.flag()),
            Self::Default => f.write_str("default"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_may_hold_several_items() {
        assert_eq!(Given::Text("a, b,,c".into()).items(), ["a", "b", "c"]);
    }
}
