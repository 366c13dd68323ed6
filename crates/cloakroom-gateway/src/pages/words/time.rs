//! Points in time in words.

/// What a language says of points in time.
#[derive(Debug)]
pub(crate) struct TimeWords {
    /// Less than a minute ago.
    pub(crate) just_now: &'static str,
    /// So many minutes ago.
    pub(crate) minutes_ago: fn(u64) -> String,
    /// So many hours ago.
    pub(crate) hours_ago: fn(u64) -> String,
    /// So many days ago.
    pub(crate) days_ago: fn(u64) -> String,
    /// The months, from January.
    pub(crate) months: [&'static str; 12],
    /// Day, month, year, and the time of the day in UTC.
    pub(crate) exactly: fn(u64, &str, u64, &str) -> String,
}
