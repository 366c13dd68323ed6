//! `Expires`, the date that browsers still read and that `Max-Age` made unnecessary.

use super::error::CookieError;

/// The `Expires` of a cookie: an IMF-fixdate of an existing day, with the right weekday.
///
/// It covers what browsers can read: the years 1601 to 9999 and no leap second.
///
/// Source: RFC 6265bis 4.1.1 (`sane-cookie-date`), 5.1.1; RFC 9110 5.6.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Expires<'a>(&'a str);

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
/// Monday first, as 1 January 1601 was one.
const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
/// Browsers refuse an earlier year (RFC 6265bis 5.1.1).
const YEAR_MIN: u32 = 1601;

impl<'a> Expires<'a> {
    /// Takes a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// # Errors
    /// [`CookieError::ExpiresNotImfFixdate`].
    pub fn parse(date: &'a str) -> Result<Self, CookieError> {
        if is_imf_fixdate(date.as_bytes()) { Ok(Self(date)) } else { Err(CookieError::ExpiresNotImfFixdate) }
    }

    /// The date.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

fn is_imf_fixdate(date: &[u8]) -> bool {
    let &[
        w1,
        w2,
        w3,
        b',',
        b' ',
        d1,
        d2,
        b' ',
        m1,
        m2,
        m3,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b' ',
        b'G',
        b'M',
        b'T',
    ] = date
    else {
        return false;
    };
    let month = MONTHS.iter().position(|&name| name == [m1, m2, m3]);
    let (Some(month), Some(day), Some(year), Some(hour), Some(minute), Some(second)) = (
        month,
        number(&[d1, d2]),
        number(&[y1, y2, y3, y4]),
        number(&[h1, h2]),
        number(&[n1, n2]),
        number(&[s1, s2]),
    ) else {
        return false;
    };
    year >= YEAR_MIN
        && (1..=month_days(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && weekday(year, month, day) == [w1, w2, w3]
}

/// Reads digits and nothing else.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

/// The days of a month; `month` counts from zero.
fn month_days(year: u32, month: usize) -> u32 {
    const COMMON_YEAR: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    COMMON_YEAR[month] + u32::from(month == 1 && is_leap_year(year))
}

fn is_leap_year(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The name of a day; `month` counts from zero, `year` is at least 1601.
fn weekday(year: u32, month: usize, day: u32) -> &'static [u8] {
    let whole_years = year - YEAR_MIN;
    let days_of_years = whole_years * 365 + whole_years / 4 - whole_years / 100 + whole_years / 400;
    let days_of_months: u32 = (0..month).map(|month| month_days(year, month)).sum();
    WEEKDAYS[(days_of_years + days_of_months + day - 1) as usize % WEEKDAYS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syn_07_expires_takes_existing_days_with_the_right_weekday_only() {
        for good in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Mon, 01 Jan 1601 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Thu, 29 Feb 2024 12:00:00 GMT",
            "Tue, 29 Feb 2000 12:00:00 GMT",
        ] {
            assert!(Expires::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Thu, 29 Feb 2026 12:00:00 GMT",
            "Thu, 29 Feb 1900 12:00:00 GMT",
            "Wed, 00 Jan 2026 00:00:00 GMT",
            "Sun, 31 Dec 1600 00:00:00 GMT",
        ] {
            assert_eq!(Expires::parse(bad), Err(CookieError::ExpiresNotImfFixdate), "{bad}");
        }
    }
}
