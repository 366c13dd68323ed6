//! ISO 8601, as Rails writes expiries: `2025-01-01T00:02:00.000Z`.

use cloakroom_core::Timestamp;

use crate::Refusal;

/// The point in time, in UTC. No other zone is written by Rails.
pub(super) fn parse(text: &str) -> Result<Timestamp, Refusal> {
    timestamp(text.as_bytes()).ok_or(Refusal::Undecodable)
}

fn timestamp(text: &[u8]) -> Option<Timestamp> {
    let text = text.strip_suffix(b"Z")?;
    let (whole, fraction) = text.split_at_checked("2025-01-01T00:00:00".len())?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, separator)| whole[*at] != *separator) {
        return None;
    }
    let number = |from: usize, to: usize| digits(&whole[from..to]);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_in_range = year >= 1970 && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_in_range || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let millis = match fraction {
        [] => 0,
        [b'.', a, b, c, ..] if fraction.len() <= 10 => {
            digits(&fraction[1..])?;
            digits(&[*a, *b, *c])?
        }
        _ => return None,
    };
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Timestamp::from_millis(seconds * 1000 + millis))
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |number, digit| Some(number * 10 + u64::from(char::from(*digit).to_digit(10)?)))
}

/// Days of the Gregorian calendar; years are counted from March, so that the leap day is the last.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    const DAYS_TO_EPOCH: u64 = 719_468;
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - DAYS_TO_EPOCH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_calendar_are_read_to_the_millisecond() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2025-01-01T00:02:00.000Z", 1_735_689_720_000),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2100-03-01T00:00:00.123456Z", 4_107_542_400_123),
        ] {
            assert_eq!(parse(text), Ok(Timestamp::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "Z",
            "2025-01-01",
            "2025-01-01T00:00:00",
            "2025-01-01T00:00:00+01:00",
            "2025-13-01T00:00:00Z",
            "2025-01-01T00:00:00.Z",
            "2025-01-01T00:00:00.12xZ",
            "1969-01-01T00:00:00Z",
            "2025-0\u{e9}-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), Err(Refusal::Undecodable), "{text}");
        }
    }
}
