//! Names as people want to be called.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How a user wants to be called, in any script. It proves nothing and need not be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisplayName(String);

/// The text cannot be a display name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a display name has 1 to {} characters on one line, and none that change the direction of writing",
    DisplayName::LEN_MAX
)]
pub struct InvalidDisplayName;

impl DisplayName {
    /// The most characters of a display name.
    pub const LEN_MAX: usize = 128;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DisplayName {
    type Err = InvalidDisplayName;

    /// White space around a name is dropped.
    fn from_str(text: &str) -> Result<Self, InvalidDisplayName> {
        let text = text.trim();
        let fits = (1..=Self::LEN_MAX).contains(&text.chars().count());
        if !fits || text.contains(rules_the_line) {
            return Err(InvalidDisplayName);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether a character would end the line that a name stands in, or turn the text around it.
///
/// Source: Unicode Standard Annex 9, 2; Annex 14, class BK.
fn rules_the_line(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_of_any_script() {
        for text in ["Alice", "Ngô Bảo Châu", "Ελένη", "山田 太郎", "न्\u{200d}\u{200c}", "O'Neil, Jr."]
        {
            assert_eq!(text.parse::<DisplayName>().unwrap().as_str(), text);
        }
        assert_eq!(" Alice\t".parse::<DisplayName>().unwrap().as_str(), "Alice");
        assert!("é".repeat(128).parse::<DisplayName>().is_ok());
    }

    #[test]
    fn what_would_disturb_the_line_it_stands_in_is_refused() {
        let long = "é".repeat(129);
        for text in ["", " ", "a\nb", "a\0b", "a\u{85}b", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", &long] {
            assert_eq!(text.parse::<DisplayName>(), Err(InvalidDisplayName), "{text:?}");
        }
    }
}
