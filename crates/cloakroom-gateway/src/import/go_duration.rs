//! Times as programs in Go write them: `168h0m0s`, `1h30m`, `90s`.

use std::time::Duration;

/// Reads hours, minutes and seconds in any order; parts of a second are left out.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit_end =
            rest[digits..].find(|letter: char| letter.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        let each = match &rest[digits..unit_end] {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" => 0,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(each)?)?;
        rest = &rest[unit_end..];
    }
    Some(Duration::from_secs(seconds)).filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_minutes_and_seconds_are_added_up() {
        for (text, seconds) in
            [("168h0m0s", 604_800), ("1h30m", 5400), ("90s", 90), ("10s500ms", 10), ("0s", 0)]
        {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "1", "h", "1d", "1.5h", "-1h", "99999999999999999999h", "18446744073709551615h"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
