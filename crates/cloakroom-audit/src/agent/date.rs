//! Dates as cookies write them: in any order, between any marks.
//!
//! Source: RFC 6265bis 5.1.1.

use super::time::{MONTHS, UnixTime};

/// It has the shape of a time, so nothing after it can be the time, and the date is none.
const NO_SUCH_TIME: i64 = -1;

/// What has been read of a date so far.
#[derive(Default)]
struct Found {
    second_of_day: Option<i64>,
    day: Option<i64>,
    month: Option<i64>,
    year: Option<i64>,
}

/// Reads a cookie date; `None` where a browser ignores it.
pub fn parse_date(text: &[u8]) -> Option<UnixTime> {
    let mut found = Found::default();
    for token in text.split(|octet| is_delimiter(*octet)).filter(|token| !token.is_empty()) {
        found.take(token);
    }
    let year = match found.year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        year => year,
    };
    if year < 1601 {
        return None;
    }
    let second_of_day = found.second_of_day.filter(|second| *second != NO_SUCH_TIME)?;
    UnixTime::from_calendar(year, found.month?, found.day?, second_of_day)
}

impl Found {
    /// Each token is the first thing that it can be and that is still missing.
    fn take(&mut self, token: &[u8]) {
        if self.second_of_day.is_none()
            && let Some(clock) = clock(token)
        {
            self.second_of_day = Some(clock);
            return;
        }
        if self.day.is_none()
            && let Some(day) = number(token, 1, 2)
        {
            self.day = Some(day);
            return;
        }
        if self.month.is_none()
            && let Some(month) = month(token)
        {
            self.month = Some(month);
            return;
        }
        if self.year.is_none() {
            self.year = number(token, 2, 4);
        }
    }
}

const fn is_delimiter(octet: u8) -> bool {
    matches!(octet, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// `hh:mm:ss` and anything after it, as second of the day; one that no clock shows is [`NO_SUCH_TIME`].
fn clock(token: &[u8]) -> Option<i64> {
    let mut parts = token.splitn(3, |octet| *octet == b':');
    let hour = digits(parts.next()?, 1, 2)?;
    let minute = digits(parts.next()?, 1, 2)?;
    let second = number(parts.next()?, 1, 2)?;
    let is_a_time = hour <= 23 && minute <= 59 && second <= 59;
    Some(if is_a_time { hour * 3600 + minute * 60 + second } else { NO_SUCH_TIME })
}

fn month(token: &[u8]) -> Option<i64> {
    let start = token.get(..3)?;
    let at = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(start))?;
    i64::try_from(at + 1).ok()
}

/// A number of so many digits, and then nothing or anything but a digit.
fn number(token: &[u8], shortest: usize, longest: usize) -> Option<i64> {
    let end = token.iter().position(|octet| !octet.is_ascii_digit()).unwrap_or(token.len());
    digits(&token[..end], shortest, longest)
}

fn digits(text: &[u8], shortest: usize, longest: usize) -> Option<i64> {
    if text.len() < shortest || text.len() > longest || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}
