//! Texts of others, cut to what a column holds.

/// The text without what is no visible character, cut to so many characters; nothing where nothing is left.
pub(super) fn bounded(text: &str, characters_max: usize) -> Option<Box<str>> {
    let visible = text.chars().filter(|c| !c.is_control() && !turns_the_writing(*c));
    let cut: String = visible.take(characters_max).collect();
    let cut = cut.trim();
    (!cut.is_empty()).then(|| cut.into())
}

/// Characters that make a terminal show a line otherwise than it is.
const fn turns_the_writing(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_others_is_one_line_of_visible_characters_and_short() {
        assert_eq!(
            bounded("curl/8.14\r\nalice signed in\x1b[2J", 200).as_deref(),
            Some("curl/8.14alice signed in[2J")
        );
        assert_eq!(bounded("a\u{202e}b", 200).as_deref(), Some("ab"));
        assert_eq!(bounded(&"é".repeat(300), 200).unwrap().chars().count(), 200);
        assert_eq!(bounded(" \n", 200), None);
    }
}
