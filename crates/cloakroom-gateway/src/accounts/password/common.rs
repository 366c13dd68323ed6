//! Passwords that everybody tries first, found by the pieces they are made of.
//!
//! Lists of leaked passwords end where passwords get long: the entries of 15 characters and more are nearly all made of
//! a few common words, keyboard patterns, years and repetitions. So a password is taken apart into such pieces, each
//! weighed by the guesses it costs, and is refused when the cheapest way to build it is cheap. The words of `common.txt`
//! alone make several hundred thousand refused passwords of that length.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Longer passwords stand on no list of common ones, and are not taken apart.
const CHARS_MAX: usize = 40;

/// A password whose pieces weigh no more than this is easily guessed. The weights are powers of ten of guesses, roughly.
const WEIGHT_MAX: u32 = 9;

const WORD: u32 = 3;
/// A word of two or three letters.
const SHORT_WORD: u32 = 2;
/// A name of this site or user, or a piece that stood further left already.
const EXPECTED: u32 = 1;
const PATTERN: u32 = 2;
const DIGIT: u32 = 1;
const SEPARATOR: u32 = 1;
const OTHER: u32 = 2;

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Rows and diagonals of keyboards, and the two sequences that everybody knows; each is also read backwards.
const PATTERNS: [&str; 15] = [
    "12345678901234567890123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaq12wsxcde34rfvbgt56yhnmju78ik",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];

/// Whether a password is made of a few pieces that everybody tries first; `context` holds words in lower case.
pub(super) fn is_easily_guessed(password: &str, context: &[String]) -> bool {
    let typed: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    if typed.len() > CHARS_MAX {
        return false;
    }
    let without_separators: String = typed.iter().filter(|c| c.is_alphanumeric()).collect();
    WORDS.contains(without_separators.as_str()) || lightest(&typed, context) <= WEIGHT_MAX
}

/// The weight of the cheapest way to build a password from pieces, left to right.
fn lightest(typed: &[char], context: &[String]) -> u32 {
    let spelled: Vec<char> = typed.iter().map(|c| letter_meant(*c)).collect();
    let mut lightest: Vec<u32> = vec![u32::MAX; typed.len() + 1];
    lightest[0] = 0;
    for start in 0..typed.len() {
        for end in start + 1..=typed.len() {
            let weight = piece(typed, &spelled, start, end, context);
            if let Some(weight) = weight {
                lightest[end] = lightest[end].min(lightest[start] + weight);
            }
        }
    }
    lightest[typed.len()]
}

/// The weight of one piece, when it is one.
fn piece(typed: &[char], spelled: &[char], start: usize, end: usize, context: &[String]) -> Option<u32> {
    let chars = &typed[start..end];
    let text: String = chars.iter().collect();
    let spelled_text: String = spelled[start..end].iter().collect();
    let single = match chars {
        [digit] if digit.is_ascii_digit() => Some(DIGIT),
        [other] if other.is_alphanumeric() => Some(OTHER),
        [_] => Some(SEPARATOR),
        _ => None,
    };
    let is_word = |words: &dyn Fn(&str) -> bool| words(&text) || words(&spelled_text);
    let repeated = chars.len() >= 3 && typed[..start].windows(chars.len()).any(|earlier| earlier == chars);
    let expected = repeated || is_word(&|word| context.iter().any(|known| known == word));
    let run = chars.len() >= 3 && chars.iter().all(|c| *c == chars[0]);
    let year = chars.len() == 4 && (text.starts_with("19") || text.starts_with("20")) && digits(chars);
    [
        single,
        expected.then_some(EXPECTED),
        (run || year || is_pattern(chars, &text)).then_some(PATTERN),
        is_word(&|word| WORDS.contains(word)).then_some(if chars.len() <= 3 { SHORT_WORD } else { WORD }),
    ]
    .into_iter()
    .flatten()
    .min()
}

fn digits(chars: &[char]) -> bool {
    chars.iter().all(char::is_ascii_digit)
}

fn is_pattern(chars: &[char], text: &str) -> bool {
    if chars.len() < 3 {
        return false;
    }
    let backwards: String = chars.iter().rev().collect();
    PATTERNS.iter().any(|pattern| pattern.contains(text) || pattern.contains(&backwards))
}

/// The letter that a digit or sign stands for in `P@ssw0rd`.
fn letter_meant(c: char) -> char {
    static LETTERS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        "0o1i3e4a5s7t@a$s!i".chars().collect::<Vec<_>>().chunks_exact(2).map(|p| (p[0], p[1])).collect()
    });
    LETTERS.get(&c).copied().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_passwords_that_everybody_tries_are_refused() {
        for text in [
            "passwordpassword",
            "password12345678",
            "PasswordPassword1",
            "P@ssw0rdP@ssw0rd",
            "passw0rd!passw0rd!",
            "qwertyuiopasdfgh",
            "qwertyuiopasdfghjklzxcvbnm",
            "1234567890123456",
            "0987654321098765",
            "abcdefghijklmnop",
            "abcdefghijklmnopqrstuvwxyz",
            "aaaaaaaaaaaaaaaa",
            "1111111111111111",
            "1q2w3e4r5t6y7u8i",
            "1qaz2wsx3edc4rfv",
            "zaq12wsxcde34rfv",
            "qazwsxedcrfvtgbyhn",
            "iloveyouiloveyou",
            "iloveyou123456789",
            "letmeinletmeinletmein",
            "administrator123",
            "administrator2026!",
            "welcome123456789",
            "supermansuperman",
            "baseballfootball",
            "Summer2026!Summer2026!",
            "monkeydragonmonkey",
            "correcthorsebatterystaple",
            "correct horse battery staple",
            "thequickbrownfox",
            "maytheforcebewithyou",
            "changemechangeme",
            "abc123abc123abc123",
            "mypasswordismypassword",
            "asdfasdfasdfasdf",
            "trustno1trustno1",
        ] {
            assert!(is_easily_guessed(text, &[]), "{text}");
        }
    }

    #[test]
    fn more_than_three_thousand_common_long_passwords_are_refused() {
        let words: Vec<&str> = include_str!("common.txt").lines().step_by(15).collect();
        let pairs =
            words.iter().flat_map(|first| words.iter().map(move |second| format!("{first}{second}123")));
        let long: Vec<String> = pairs.filter(|pair| (15..=CHARS_MAX).contains(&pair.len())).collect();
        assert!(long.len() > 3_000, "{}", long.len());
        for pair in long {
            assert!(is_easily_guessed(&pair, &[]), "{pair}");
        }
    }

    #[test]
    fn passwords_that_take_thought_are_taken() {
        for text in [
            "aaaa bbbb cccc d",
            "vN7#qLw2zT9!rBx",
            "quietlyboilthelanterns",
            "tulpe ofen wolke leiter",
            "gravel-nineteen-otter-fog",
            "hjq xkzv wpfm bqt",
            "q8w7e6z5t4u3i2o1p9a",
        ] {
            assert!(!is_easily_guessed(text, &[]), "{text}");
        }
    }

    #[test]
    fn words_of_the_place_weigh_little() {
        let context = ["acme".to_owned()];
        assert!(is_easily_guessed("acmeacmeacmeacme", &context));
        assert!(is_easily_guessed("acme-vienna2026", &context));
        assert!(!is_easily_guessed("acme-vienna2026", &[]));
    }
}
