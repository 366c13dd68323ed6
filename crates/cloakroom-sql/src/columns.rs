//! How the values of a row become columns: alike in every SQL database.

use std::net::IpAddr;

use cloakroom_core::store::Version;
use cloakroom_core::{Subject, Timestamp};
use thiserror::Error;

/// A column holds what no store of this crate has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the column {column} holds no {meaning}")]
pub(crate) struct BadColumn {
    column: &'static str,
    meaning: &'static str,
}

impl BadColumn {
    /// `column` has no such `meaning`.
    #[cfg(feature = "server")]
    pub(crate) const fn new(column: &'static str, meaning: &'static str) -> Self {
        Self { column, meaning }
    }
}

/// Milliseconds, as the signed integers that SQL has.
///
/// What is later than they can count, which is 292 million years, becomes the largest of them.
pub(crate) fn time_column(time: Timestamp) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The time in a column; the largest number stands for [`Timestamp::MAX`].
pub(crate) fn time_value(column: &'static str, millis: i64) -> Result<Timestamp, BadColumn> {
    match u64::try_from(millis) {
        Ok(_) if millis == i64::MAX => Ok(Timestamp::MAX),
        Ok(millis) => Ok(Timestamp::from_millis(millis)),
        Err(_) => Err(BadColumn { column, meaning: "time" }),
    }
}

/// A number that a caller shows us, such as a version; one that no row can have becomes -1, which none has.
pub(crate) fn number_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(-1)
}

/// The version in a column.
pub(crate) fn version_value(number: i64) -> Result<Version, BadColumn> {
    u64::try_from(number)
        .map(Version::from_number)
        .map_err(|_| BadColumn { column: "version", meaning: "version" })
}

/// The subject in a column.
pub(crate) fn subject_value(text: &str) -> Result<Subject, BadColumn> {
    Subject::new(text).map_err(|_| BadColumn { column: "subject", meaning: "subject" })
}

/// The address in a column.
pub(crate) fn address_value(text: &str) -> Result<IpAddr, BadColumn> {
    text.parse().map_err(|_| BadColumn { column: "address", meaning: "IP address" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_as_it_was_written() {
        for time in [Timestamp::EPOCH, Timestamp::from_millis(1_700_000_000_000), Timestamp::MAX] {
            assert_eq!(time_value("created_at", time_column(time)), Ok(time));
        }
    }

    #[test]
    fn a_time_before_1970_is_not_ours() {
        let error = time_value("created_at", -1).unwrap_err();
        assert_eq!(error.to_string(), "the column created_at holds no time");
    }

    #[test]
    fn a_version_that_no_row_can_have_matches_none() {
        assert_eq!(number_column(u64::MAX), -1);
        assert!(version_value(-1).is_err());
    }
}
