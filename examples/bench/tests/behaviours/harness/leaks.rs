//! What must not stand in a log, whatever a test is about.
//!
//! Every program of every test runs with all that can be logged switched on, and its log is searched when the test is over: so
//! each test proves LOG-02 and line 28 for what it does.

use std::ops::Range;

/// The fewest characters of base64url that hold a secret of 256 bits.
const SECRET_LEN_MIN: usize = 43;

/// What every password of the fixed material begins with.
const PASSWORD: &[u8] = b"correct horse ";

/// Where a log holds a password, or characters that could be a token, sealed or not, or a key.
pub(crate) fn secret_in(log: &[u8]) -> Option<Range<usize>> {
    if let Some(at) = memchr::memmem::find(log, PASSWORD) {
        return Some(at..at + PASSWORD.len());
    }
    let mut begin = 0;
    let ends = (0..=log.len()).filter(|at| log.get(*at).is_none_or(|octet| !is_base64url(*octet)));
    for end in ends {
        if end - begin >= SECRET_LEN_MIN && looks_random(&log[begin..end]) {
            return Some(begin..end);
        }
        begin = end + 1;
    }
    None
}

const fn is_base64url(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_')
}

/// Whether it is a long hexadecimal number, or mixes capitals, small letters and digits as no name does.
fn looks_random(text: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| text.iter().filter(|octet| is(octet)).count();
    let digits = count(u8::is_ascii_digit);
    let is_mixed = digits.min(count(u8::is_ascii_uppercase)).min(count(u8::is_ascii_lowercase)) >= 3;
    is_mixed || digits >= 10 && text.iter().all(u8::is_ascii_hexdigit)
}

#[test]
fn tokens_and_passwords_are_found_in_a_log_and_names_are_not() {
    let token = "AUf0_fYHMQFfqQuPwDsH7lqoMJWTF7CGjpokeHRORr9KqjL9TQDjsQhSZCVggW6b";
    let logs: [(&str, bool); 6] = [
        (token, true),
        (&format!("cookie: __Host-sid={token}; theme=dark"), true),
        (&format!("GET /?x={}", &token[..43]), true),
        ("password=correct horse alice", true),
        (
            "session=4f1c02d7a84be36650c1fd7729e8b34a a_name_of_a_function_that_is_quite_long_for_a_name",
            false,
        ),
        ("-------------------------------------------------------------------------------", false),
    ];
    for (log, has_one) in logs {
        assert_eq!(secret_in(log.as_bytes()).is_some(), has_one, "{log}");
    }
}
