//! How a check says that a store is wrong.

use std::error::Error as _;
use std::fmt::{Debug, Display};
use std::time::Duration;

use cloakroom_core::store::StoreError;
use thiserror::Error;

/// Why a check failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store did what it promised never to do, or not what it promised.
    #[error("the store breaks a promise: {promise}\n  {saw}")]
    Broken {
        /// The promise, in words.
        promise: &'static str,
        /// What happened instead.
        saw: String,
    },
    /// The store answered with an error that nothing called for.
    #[error("the store failed where it had to work: {source}{causes}", causes = causes(source))]
    Trouble {
        /// The error.
        #[from]
        source: StoreError,
    },
    /// The store did not come back.
    #[error("the check was not done within {patience:?}: a caller waits for ever, or the store is too slow")]
    Stuck {
        /// How long it was given.
        patience: Duration,
    },
    /// The check needs a second node, and the fixture has none.
    #[error("the fixture cannot open its store again: `shared` needs `Fixture::opened_again_by`")]
    NotShared,
}

/// What a check returns.
pub(crate) type Outcome = Result<(), Failure>;

/// A sentence of the contract.
#[derive(Clone, Copy)]
pub(crate) struct Promise(pub(crate) &'static str);

impl Promise {
    /// That what was asked got the right answer.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "answers are made for the question, and read better so"
    )]
    pub(crate) fn gives<T: Debug + PartialEq>(self, asked: &str, answer: T, right: T) -> Outcome {
        self.holds(
            answer == right,
            format_args!("{asked}: {}\n  right would be: {}", shown(&answer), shown(&right)),
        )
    }

    /// That something is so; `saw` is said when it is not.
    pub(crate) fn holds(self, is_so: bool, saw: impl Display) -> Outcome {
        if is_so { Ok(()) } else { Err(self.broken(saw)) }
    }

    /// That there is something, and what it is.
    pub(crate) fn finds<T>(self, found: Option<T>, otherwise: impl Display) -> Result<T, Failure> {
        found.ok_or_else(|| self.broken(otherwise))
    }

    fn broken(self, saw: impl Display) -> Failure {
        Failure::Broken { promise: self.0, saw: saw.to_string() }
    }
}

/// A value as text, cut where nobody would read on: a body can have 64 KiB.
fn shown(value: &impl Debug) -> String {
    const CHARS_MAX: usize = 1_200;
    let text = format!("{value:?}");
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn causes(error: &StoreError) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_promise_and_what_was_seen() {
        let failure = Promise("Two is even.").gives("two modulo two", 1, 0).expect_err("1 is not 0");
        let text = failure.to_string();
        assert!(text.contains("Two is even."), "{text}");
        assert!(text.contains("two modulo two: 1"), "{text}");
    }

    #[test]
    fn trouble_is_told_with_its_causes() {
        let cause = std::io::Error::other("disk on fire");
        let failure = Failure::from(StoreError::unavailable("s", "load", cause));
        assert!(failure.to_string().contains("s: load failed"), "{failure}");
        assert!(failure.to_string().ends_with("disk on fire"), "{failure}");
    }

    #[test]
    fn a_long_value_is_cut() {
        assert!(shown(&"x".repeat(100_000)).len() < 2_000);
    }
}
