//! What a rule says when it is broken.

use std::fmt;

use crate::process::Outcome;

/// One broken rule: where, what is wrong, and what would be right.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    path: String,
    line: usize,
    wrong: String,
    right: String,
}

/// Rules were broken; each has been printed.
#[derive(Debug, thiserror::Error)]
#[error("{subject}: {count} to put right")]
pub(crate) struct Broken {
    subject: &'static str,
    count: usize,
}

impl Problem {
    /// A problem of line `line`, counted from 1.
    pub(crate) fn at(path: &str, line: usize, wrong: impl Into<String>, right: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, wrong: wrong.into(), right: right.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}\n    right: {}", self.path, self.line, self.wrong, self.right)
    }
}

/// Prints the problems in the order of their files; an error if there is any.
pub(crate) fn report(subject: &'static str, mut problems: Vec<Problem>, looked_at: &str) -> Outcome {
    problems.sort();
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("{subject}: {looked_at}, nothing to put right");
        return Ok(());
    }
    Err(Broken { subject, count: problems.len() }.into())
}
