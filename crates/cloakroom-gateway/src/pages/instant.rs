//! A point in time in words that need no time zone, and exactly for whoever asks.

use std::fmt;

use cloakroom::Timestamp;
use maud::{Markup, Render, html};

use crate::utc::rfc3339;

/// A point in the past as a page shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    /// The point.
    pub(crate) at: Timestamp,
    /// When the page is made.
    pub(crate) now: Timestamp,
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
    fn a_page_shows_both() {
        let instant = Instant { at: Timestamp::EPOCH, now: Timestamp::from_millis(120_000) };
        assert_eq!(
            instant.render().into_string(),
            "<time datetime=\"1970-01-01T00:00:00Z\" title=\"1970-01-01T00:00:00Z\">2 minutes ago</time>"
        );
    }
}
