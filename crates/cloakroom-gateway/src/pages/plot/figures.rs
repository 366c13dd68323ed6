//! Numbers as people read them.

use crate::metrics::{LONGEST_NS, SHORTEST_NS};

/// A count, its digits in groups of three with narrow spaces that no line is broken at: `12 345`. Understood in every language.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + 3 * (digits.len() / 3));
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A duration in nanoseconds with two digits that count: `35 µs`, `1.2 ms`. What nobody measures more closely is said to be below or beyond.
pub(crate) fn duration(nanoseconds: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "some microseconds, and some seconds")]
    let (shortest, longest) = (SHORTEST_NS as f64, LONGEST_NS as f64);
    if nanoseconds < shortest {
        return format!("< {}", exact(shortest));
    }
    if nanoseconds >= longest {
        return format!("> {}", exact(longest));
    }
    exact(nanoseconds)
}

/// The same without a thought of how it was measured.
pub(super) fn exact(nanoseconds: f64) -> String {
    // What would be rounded up to a thousand has the next unit.
    let (unit, number) = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6)]
        .into_iter()
        .map(|(unit, size)| (unit, nanoseconds / size))
        .find(|(_, number)| *number < 999.5)
        .unwrap_or(("s", nanoseconds / 1e9));
    let digits = usize::from(number < 9.95 && (number - number.round()).abs() > 0.049);
    format!("{number:.digits$}\u{a0}{unit}")
}

/// A count at an axis, short: `500`, `20 k`, `1.5 M`.
pub(super) fn short(number: f64) -> String {
    let (unit, number) = [("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9)]
        .into_iter()
        .map(|(unit, size)| (unit, number / size))
        .find(|(unit, number)| *number < if unit.is_empty() { 10_000.0 } else { 1_000.0 })
        .unwrap_or(("T", number / 1e12));
    let text = format!("{number:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if unit.is_empty() { text.to_owned() } else { format!("{text}\u{a0}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_shortened() {
        let grouped =
            [0, 999, 1_000, 1_234_567, u64::MAX].map(|number| count(number).replace('\u{202f}', "_"));
        assert_eq!(grouped, ["0", "999", "1_000", "1_234_567", "18_446_744_073_709_551_615"]);
        let short = [0.0, 0.5, 7_500.0, 10_000.0, 1_500_000.0, 2e9, 3e12, 4e15]
            .map(|number| short(number).replace('\u{a0}', " "));
        assert_eq!(short, ["0", "0.5", "7500", "10 k", "1.5 M", "2 G", "3 T", "4000 T"]);
    }

    #[test]
    fn durations_have_the_unit_that_makes_them_short_and_promise_no_more_than_is_known() {
        let said = [12_345.0, 99_960.0, 999_600.0, 1_000_000.0, 1_250_000.0, 2e9, 5e9, 9_000.0];
        let said = said.map(|ns| duration(ns).replace('\u{a0}', " "));
        assert_eq!(said, ["12 µs", "100 µs", "1 ms", "1 ms", "1.2 ms", "2 s", "> 5 s", "< 10 µs"]);
        assert_eq!(exact(100.0).replace('\u{a0}', " "), "100 ns");
    }
}
