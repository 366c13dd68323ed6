//! Samples of a serialization, one a line: a name and hexadecimal.

use crate::crypto::unhex;

/// All of them.
pub(crate) fn samples(lines: &str) -> Vec<(&str, Vec<u8>)> {
    let line = |line| {
        let (name, digits) = str::split_once(line, ' ').expect("a name and hexadecimal");
        (name, unhex(digits).expect("hexadecimal"))
    };
    lines.lines().map(line).collect()
}

/// The one of this name.
pub(crate) fn sample(lines: &str, name: &str) -> Vec<u8> {
    let mut samples = samples(lines).into_iter();
    samples.find(|(other, _)| *other == name).map(|(_, octets)| octets).expect("a sample of that name")
}
