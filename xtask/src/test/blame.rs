//! Which tests of a program failed, and with which words: whoever reads only the end of a run has to find them there.

/// How many tests of one program are named.
const TESTS_MAX: usize = 8;
/// How many lines a test's own words may take.
const WORDS_MAX: usize = 4;

/// The tests that failed and the first lines of what they said, from what a test program of Rust wrote. Nothing when it did not come so
/// far as to say.
pub(super) fn blame(written: &str) -> Vec<String> {
    let mut lines = written.lines();
    let mut found = Vec::new();
    let mut left_out = 0;
    while let Some(line) = lines.next() {
        let Some(test) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) else {
            continue;
        };
        if found.len() == TESTS_MAX {
            left_out += 1;
            continue;
        }
        let section = lines.clone().take_while(|line| !line.starts_with("---- "));
        found.push(format!("{test}: {}", words(section)));
    }
    if left_out > 0 {
        found.push(format!("and {left_out} more"));
    }
    found
}

/// What a panic said, without where it was called from.
fn words<'a>(section: impl Iterator<Item = &'a str>) -> String {
    let from_panic = section.skip_while(|line| !line.contains(" panicked at "));
    let said: Vec<&str> = from_panic
        .take_while(|line| !line.starts_with("stack backtrace:") && !line.starts_with("note: "))
        .take(WORDS_MAX)
        .map(|line| line.split_once(" panicked at ").map_or(line, |(_, place)| place).trim())
        .collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_test_is_named_with_its_words_and_without_its_callers() {
        let written = "running 2 tests\ntest good ... ok\ntest bad ... FAILED\n\nfailures:\n\n---- bad stdout ----\nprinted\n\n\
                       thread 'bad' (7) panicked at src/a.rs:1:2:\nassertion failed: 1 is 2\nstack backtrace:\n   0: main\n\n\n\
                       failures:\n    bad\n";
        assert_eq!(blame(written), ["bad: src/a.rs:1:2: assertion failed: 1 is 2"]);
    }

    #[test]
    fn of_many_failures_only_so_many_are_told() {
        let written = "---- t stdout ----\nError: it\n".repeat(11);
        let blamed = blame(&written);
        assert_eq!(blamed.len(), TESTS_MAX + 1);
        assert_eq!(blamed.last().map(String::as_str), Some("and 3 more"));
    }

    #[test]
    fn a_program_that_passed_or_broke_down_blames_nobody() {
        assert!(blame("running 1 test\ntest good ... ok\n").is_empty());
        assert!(blame("memory allocation of 5 bytes failed").is_empty());
    }
}
