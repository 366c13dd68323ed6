//! A point in time in words that need no time zone, and exactly for whoever asks.

use std::fmt;

use cloakroom_core::Timestamp;
use maud::{Markup, Render, html};

/// A point in the past as a page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Instant {
    /// The point.
    pub at: Timestamp,
    /// When the page is made.
    pub now: Timestamp,
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.now.since(self.at).as_secs() / 60;
        let (count, unit) = match minutes {
            0 => return f.write_str("just now"),
            1..60 => (minutes, "minute"),
            60..1440 => (minutes / 60, "hour"),
            _ => (minutes / 1440, "day"),
        };
        write!(f, "{count} {unit}{} ago", if count == 1 { "" } else { "s" })
    }
}

impl Render for Instant {
    fn render(&self) -> Markup {
        let exact = rfc3339(self.at);
        html! { time datetime=(exact) title=(exact) { (self.to_string()) } }
    }
}

/// `2026-11-22T01:45:00Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let seconds = at.as_millis() / 1000;
    let (year, month, day) = civil_date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
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

    fn words(seconds: u64) -> String {
        let at = Timestamp::from_millis(1_000_000_000_000);
        Instant { at, now: Timestamp::from_millis(1_000_000_000_000 + seconds * 1000) }.to_string()
    }

    #[test]
    fn the_past_is_told_in_words() {
        assert_eq!(words(0), "just now");
        assert_eq!(words(59), "just now");
        assert_eq!(words(60), "1 minute ago");
        assert_eq!(words(3_599), "59 minutes ago");
        assert_eq!(words(3_600), "1 hour ago");
        assert_eq!(words(86_399), "23 hours ago");
        assert_eq!(words(86_400 * 3), "3 days ago");
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

    #[test]
    fn a_page_shows_both() {
        let instant = Instant { at: Timestamp::EPOCH, now: Timestamp::from_millis(120_000) };
        assert_eq!(
            instant.render().into_string(),
            "<time datetime=\"1970-01-01T00:00:00Z\" title=\"1970-01-01T00:00:00Z\">2 minutes ago</time>"
        );
    }
}
