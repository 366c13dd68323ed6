//! What both sides agree on: the type of a token, and how long anything may last.

use std::time::Duration;

use cloakroom_core::{Timestamp, minutes, seconds};

/// The `typ` of a token, so that no other JWT of the same issuer is taken for one.
///
/// Source: RFC 9068 2.1; RFC 8725 3.11.
pub(crate) const TOKEN_TYPE: &str = "at+jwt";

/// The longest that a token may live.
///
/// A token cannot be called back, so this bounds how long a service behind may still serve someone who has signed out.
/// A verifier refuses a token that claims more, whoever signed it.
pub const TOKEN_LIFETIME_MAX: Duration = minutes(5);

/// The most that a verifier may allow the issuer's clock to differ from its own.
pub const LEEWAY_MAX: Duration = seconds(60);

/// Whole seconds since the Unix epoch, rounded down, as tokens count.
pub(crate) const fn seconds_of(time: Timestamp) -> u64 {
    time.as_millis() / 1000
}

/// The time that a token means by this number of seconds.
pub(crate) const fn time_of(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}
