//! What Redis answers, read.

use redis::Value;

use crate::error::Trouble;
use crate::script::Verdict;

/// Something else than a script was to answer.
pub(crate) const UNKNOWN_ANSWER: Trouble = Trouble::Nonsense("a script gave an unknown answer");

/// The verdict of a script: a number, or a list that begins with one.
pub(crate) fn verdict(answer: &Value) -> Option<Verdict> {
    match answer {
        Value::Int(number) => Verdict::from_number(*number),
        Value::Array(parts) => parts.first().and_then(verdict),
        _ => None,
    }
}

/// The octets of a string that Redis gave.
pub(crate) fn octets(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(octets) => Some(octets),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text.as_bytes()),
        _ => None,
    }
}

/// A number that Redis gave as a string.
pub(crate) fn number(value: &Value) -> Option<u64> {
    std::str::from_utf8(octets(value)?).ok()?.parse().ok()
}
