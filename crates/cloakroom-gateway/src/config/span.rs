//! Spans of time as people write them: `90s`, `30m`, `12h`, `7d`.

use std::time::Duration;

/// Reads a whole number and a unit.
pub fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Writes a span in the largest unit that divides it.
pub(crate) fn render(span: Duration) -> String {
    let seconds = span.as_secs();
    for (unit, length) in [("d", 24 * 60 * 60), ("h", 60 * 60), ("m", 60)] {
        if seconds > 0 && seconds.is_multiple_of(length) {
            return format!("{}{unit}", seconds / length);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_back_as_it_was_written() {
        for text in ["90s", "30m", "12h", "7d"] {
            assert_eq!(render(parse(text).unwrap()), text);
        }
    }

    #[test]
    fn a_number_without_a_unit_is_no_span() {
        for text in ["", "30", "m", "-1h", "1.5h", "1h30m", "1 h", "18446744073709551615d"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
