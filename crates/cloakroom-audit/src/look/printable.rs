//! Texts of the site's, fit for people and their terminals.

use url::Url;

/// The longest text of a site's that a report repeats, in characters.
const TEXT_MAX: usize = 120;

/// A text of the site's as a report may repeat it: short, and nothing in it that a terminal obeys or an eye overlooks.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = shown(&text.chars().take(TEXT_MAX).collect::<String>());
    if text.chars().nth(TEXT_MAX).is_some() {
        shown.push('…');
    }
    // Pipelines take a line that begins so for an order.
    shown.replace("::", ":\u{FFFD}")
}

/// The same at any length.
///
/// # Security
/// Beside control characters, those of 8 bits too, this replaces what turns the direction of a line, has no width or is no
/// character at all, and two `#` in a row: with `[`, `vso[` or `teamcity[` after them, pipelines take what follows for an
/// order, wherever in a line it stands. What is left of other scripts are letters and digits.
pub(crate) fn shown(text: &str) -> String {
    let is_plain = |c: char| matches!(c, ' '..='~' | '…') || (!c.is_ascii() && c.is_alphanumeric());
    let plain: String = text.chars().map(|c| if is_plain(c) { c } else { '\u{FFFD}' }).collect();
    plain.replace("##", "#\u{FFFD}")
}

/// A URL as reports repeat it: without its query, which may hold a secret, and without name and password.
pub(crate) fn url_for_people(url: &Url) -> String {
    let mut url = without_password(url.clone());
    url.set_query(None);
    url.into()
}

/// Leaves out the name and password that a URL may carry.
pub(crate) fn without_password(mut url: Url) -> Url {
    // Refused for URLs without a host only, which have neither.
    let _done = url.set_username("").and_then(|()| url.set_password(None));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_or_an_eye_overlooks_is_left() {
        assert_eq!(printable("s\u{e9}ance 1=2 \u{4f1a}\u{8a71}"), "s\u{e9}ance 1=2 \u{4f1a}\u{8a71}");
        for odd in [
            "\u{1b}", "\u{9b}", "\n", "\t", "\u{7f}", "\u{202e}", "\u{200b}", "\u{feff}", "\u{ffff}",
            "\u{301}",
        ] {
            assert_eq!(printable(&format!("a{odd}b")), "a\u{FFFD}b", "{odd:?}");
        }
        for order in ["##[x]", "##vso[x]", "##teamcity[x]", "###vso[x]"] {
            assert!(!shown(order).contains("##"), "{order}");
        }
        assert_eq!(printable(&"x".repeat(121)), format!("{}…", "x".repeat(120)));
        assert_eq!(printable(&"x".repeat(120)), "x".repeat(120));
    }
}
