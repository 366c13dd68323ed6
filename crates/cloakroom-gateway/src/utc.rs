//! Points in time as text, in UTC.

use cloakroom::Timestamp;

/// `2026-11-22T01:45:00Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(at);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `2026-11-22T01:45:00.123Z`.
pub(crate) fn rfc3339_millis(at: Timestamp) -> String {
    let seconds = rfc3339(at);
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.as_millis() % 1000)
}

/// A minute as `<input type="datetime-local">` sends it, taken to be in UTC: `2026-11-22T01:45`. Seconds may follow, and are left out.
///
/// Source: HTML, 2.3.5.7.
pub(crate) fn parse_minute(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let number = |text: Option<&str>, digits: usize| {
        let text = text.filter(|text| text.len() == digits && text.bytes().all(|c| c.is_ascii_digit()))?;
        text.parse::<u64>().ok()
    };
    let mut date = date.split('-');
    let (year, month, day) = (number(date.next(), 4)?, number(date.next(), 2)?, number(date.next(), 2)?);
    let mut time = time.split(':');
    let (hour, minute) = (number(time.next(), 2)?, number(time.next(), 2)?);
    if date.next().is_some() || year < 1970 || hour > 23 || minute > 59 {
        return None;
    }
    let days = days_until(year, month, day)?;
    Some(Timestamp::from_millis(((days * 24 + hour) * 60 + minute) * 60_000))
}

/// How many days lie between 1970 and a date; nothing for a date that is not in the calendar.
fn days_until(year: u64, month: u64, day: u64) -> Option<u64> {
    // Whatever it is, it is not far from the days of its year, of which there are at most 366.
    let first = (year - 1970) * 365;
    (first..=first + 366 + (year - 1970) / 4).find(|days| civil_date(*days) == (year, month, day))
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
    fn a_minute_is_read_as_browsers_write_it_and_nothing_else_is() {
        for (text, seconds) in [
            ("1970-01-01T00:00", 0),
            ("2000-02-29T00:00", 951_782_400),
            ("2026-11-22T01:45", 1_795_311_900),
            ("2026-11-22T01:45:30", 1_795_311_900),
            ("2100-03-01T00:00", 4_107_542_400),
            ("9999-12-31T23:59", 253_402_300_740),
        ] {
            assert_eq!(parse_minute(text), Some(Timestamp::from_millis(seconds * 1000)), "{text}");
        }
        for wrong in [
            "",
            "2026-11-22",
            "2026-02-29T00:00",
            "2026-13-01T00:00",
            "1969-12-31T00:00",
            "2026-11-22T24:00",
            "26-11-22T01:45",
            "2026-11-22T+1:45",
        ] {
            assert_eq!(parse_minute(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn milliseconds_stand_behind_the_seconds() {
        assert_eq!(rfc3339_millis(Timestamp::from_millis(7)), "1970-01-01T00:00:00.007Z");
    }

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
