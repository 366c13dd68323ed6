//! A point in time in words that need no time zone, and exactly for whoever asks.

use cloakroom::Timestamp;
use maud::{Markup, html};

use crate::pages::Words;
use crate::utc::{Civil, rfc3339};

/// A point in the past as a page shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    /// The point.
    pub(crate) at: Timestamp,
    /// When the page is made.
    pub(crate) now: Timestamp,
}

impl Instant {
    /// How long ago it is, with the exact time on hover.
    pub(crate) fn render(self, words: &Words) -> Markup {
        html! { time datetime=(rfc3339(self.at)) title=(self.exactly(words)) { (self.ago(words)) } }
    }

    /// When it is, exactly: for what is still to come.
    pub(crate) fn render_exactly(self, words: &Words) -> Markup {
        html! { time datetime=(rfc3339(self.at)) { (self.exactly(words)) } }
    }

    fn ago(self, words: &Words) -> String {
        let minutes = self.now.since(self.at).as_secs() / 60;
        match minutes {
            0 => words.time.just_now.to_owned(),
            1..60 => (words.time.minutes_ago)(minutes),
            60..1440 => (words.time.hours_ago)(minutes / 60),
            _ => (words.time.days_ago)(minutes / 1440),
        }
    }

    fn exactly(self, words: &Words) -> String {
        let civil = Civil::of(self.at);
        let months = words.time.months.into_iter().zip(1..);
        let month = months.into_iter().find_map(|(name, number)| (number == civil.month).then_some(name));
        let time = format!("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second);
        (words.time.exactly)(civil.day, month.unwrap_or_default(), civil.year, &time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Language;

    fn words(language: Language, seconds: u64) -> String {
        let at = Timestamp::from_millis(1_000_000_000_000);
        let now = Timestamp::from_millis(1_000_000_000_000 + seconds * 1000);
        Instant { at, now }.ago(language.words())
    }

    #[test]
    fn the_past_is_told_in_words() {
        for (seconds, english, german) in [
            (0, "just now", "gerade eben"),
            (59, "just now", "gerade eben"),
            (60, "1 minute ago", "vor 1 Minute"),
            (3_599, "59 minutes ago", "vor 59 Minuten"),
            (3_600, "1 hour ago", "vor 1 Stunde"),
            (86_399, "23 hours ago", "vor 23 Stunden"),
            (86_400, "1 day ago", "vor 1 Tag"),
            (86_400 * 3, "3 days ago", "vor 3 Tagen"),
        ] {
            assert_eq!(words(Language::English, seconds), english);
            assert_eq!(words(Language::German, seconds), german);
        }
    }

    #[test]
    fn a_page_shows_both() {
        let instant = Instant { at: Timestamp::EPOCH, now: Timestamp::from_millis(120_000) };
        for (language, title, ago) in [
            (Language::English, "1 January 1970, 00:00:00 UTC", "2 minutes ago"),
            (Language::German, "1. Januar 1970, 00:00:00 UTC", "vor 2 Minuten"),
        ] {
            assert_eq!(
                instant.render(language.words()).into_string(),
                format!("<time datetime=\"1970-01-01T00:00:00Z\" title=\"{title}\">{ago}</time>")
            );
        }
    }
}
