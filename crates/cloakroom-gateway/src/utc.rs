//! Points in time as text, in UTC.

use cloakroom::Timestamp;

/// `2026-11-22T01:45:00Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A point in time as calendars and clocks show it in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    /// The year.
    pub(crate) year: u64,
    /// The month, from 1.
    pub(crate) month: u64,
    /// The day of the month, from 1.
    pub(crate) day: u64,
    /// The hour.
    pub(crate) hour: u64,
    /// The minute.
    pub(crate) minute: u64,
    /// The second.
    pub(crate) second: u64,
}

impl Civil {
    /// The calendar's and the clock's view of a point in time.
    pub(crate) fn of(at: Timestamp) -> Self {
        let seconds = at.as_millis() / 1000;
        let (year, month, day) = civil_date(seconds / 86_400);
        Self { year, month, day, hour: seconds / 3600 % 24, minute: seconds / 60 % 60, second: seconds % 60 }
    }
}

/// The Gregorian date of a day counted from 1970, reckoned in years that begin in March so that the leap day is last.
fn civil_date(days: u64) -> (u64, u64, u64) {
    let since_march_0000 = days + 719_468;
    let era = since_march_0000 / 146_097;
    let day_of_era = since_march_0000 % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_time_is_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_311_900, "2026-11-22T01:45:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(Timestamp::from_millis(seconds * 1000)), text);
        }
    }
}
