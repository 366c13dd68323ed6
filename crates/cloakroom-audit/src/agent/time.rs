//! Seconds since 1970, before which cookies may say that they ended.

use std::fmt;

/// A moment in whole seconds since 1970-01-01T00:00:00Z; negative before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

/// A day, in seconds.
const DAY: i64 = 86_400;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl UnixTime {
    /// The moment after some seconds.
    #[must_use]
    pub const fn after(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// A moment of the Gregorian calendar; `None` where there is no such day.
    pub(super) fn from_calendar(year: i64, month: i64, day: i64, second_of_day: i64) -> Option<Self> {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1..=12).contains(&month) || !(1..=length).contains(&day) {
            return None;
        }
        // Years begin in March here, so that a leap day is the last of its year.
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self((era * 146_097 + day_of_era - 719_468) * DAY + second_of_day))
    }

    /// Year, month and day of the month.
    fn calendar(self) -> (i64, i64, i64) {
        let days = self.0.div_euclid(DAY) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
    }

    /// As RFC 3339 has it.
    pub fn rfc3339(self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.calendar(), self.clock());
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    fn clock(self) -> (i64, i64, i64) {
        let second = self.0.rem_euclid(DAY);
        (second / 3600, second / 60 % 60, second % 60)
    }
}

/// As HTTP has it: `Sun, 06 Nov 1994 08:49:37 GMT`.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.calendar(), self.clock());
        let week_day = usize::try_from(self.0.div_euclid(DAY).rem_euclid(7)).unwrap_or_default();
        let month = usize::try_from(month - 1).unwrap_or_default();
        let (week_day, month) = (DAYS[week_day], MONTHS[month]);
        write!(f, "{week_day}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_thousand_years_is_the_day_after_the_one_before() {
        let mut expected = UnixTime::from_calendar(1601, 1, 1, 0).unwrap();
        for year in 1601..2601 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(moment) = UnixTime::from_calendar(year, month, day, 0) else { continue };
                    assert_eq!(moment, expected);
                    assert_eq!(moment.calendar(), (year, month, day));
                    expected = expected.after(DAY);
                }
            }
        }
    }

    #[test]
    fn a_moment_is_written_as_http_and_as_rfc_3339_have_it() {
        let moment = UnixTime(784_111_777);
        assert_eq!(moment.to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(moment.rfc3339(), "1994-11-06T08:49:37Z");
    }
}
