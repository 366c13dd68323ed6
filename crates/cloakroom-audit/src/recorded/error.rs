//! Why a record cannot be read.

use thiserror::Error;

/// Why a record cannot be read.
#[derive(Debug, Error)]
pub enum InvalidRecord {
    /// Not JSON.
    #[error("the HAR file is not JSON")]
    Json(#[from] serde_json::Error),
    /// JSON, and no HAR.
    #[error("the HAR file has no log.entries with URLs and answers")]
    Har,
    /// No answer at all.
    #[error("there is no answer: a line such as `HTTP/1.1 200 OK`, and fields after it")]
    Empty,
    /// A line that is neither.
    #[error("line {line} is no field of an answer")]
    Line {
        /// Its number.
        line: usize,
    },
}
