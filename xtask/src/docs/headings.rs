//! The parts of a Markdown file that matter here: its headings as anchors, and its text without code.

use std::collections::BTreeMap;

/// A line of a file, counted from 1, without what stands in code.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

/// The lines outside of blocks of code, with what stands between backticks left out.
pub(super) fn prose(text: &str) -> Vec<Line> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => lines.push(Line { number, text: without_code(line) }),
        }
    }
    lines
}

/// A run of backticks ends at the next run of the same length.
fn without_code(line: &str) -> String {
    let mut rest = line;
    let mut kept = String::new();
    while let Some(at) = rest.find('`') {
        kept.push_str(&rest[..at]);
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let (mark, after) = (&rest[at..at + run], &rest[at + run..]);
        match after.find(mark) {
            Some(end) => rest = &after[end + run..],
            None => rest = after,
        }
    }
    kept + rest
}

/// What links may name behind `#`: the headings, as GitHub and mdBook spell them.
pub(super) fn anchors(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut anchors = Vec::new();
    let is_prose: std::collections::BTreeSet<usize> =
        prose(text).into_iter().map(|line| line.number).collect();
    for (_, line) in (1..).zip(text.lines()).filter(|(number, _)| is_prose.contains(number)) {
        let marks = line.len() - line.trim_start_matches('#').len();
        let Some(heading) = line[marks..].strip_prefix(' ').filter(|_| (1..=6).contains(&marks)) else {
            continue;
        };
        let slug = slug(heading);
        let count = seen.entry(slug.clone()).or_default();
        anchors.push(if *count == 0 { slug } else { format!("{slug}-{count}") });
        *count += 1;
    }
    anchors
}

fn slug(heading: &str) -> String {
    let mut plain = String::new();
    let mut rest = heading.trim();
    // Of a link only its text is part of the anchor.
    while let Some((before, after)) = rest.split_once("](") {
        plain.extend([&before.replacen('[', "", 1)[..]]);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let kept = plain.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_spelled_as_links_name_them() {
        let text = "# The `verify` door: who?\n\n```sh\n# no heading\n```\n## A [link](b.md) here\n## Twice\n## Twice\n#no\n";
        assert_eq!(anchors(text), ["the-verify-door-who", "a-link-here", "twice", "twice-1"]);
    }

    #[test]
    fn what_stands_in_code_is_no_text() {
        assert_eq!(without_code("a `b` c ``d`e`` f ` g"), "a  c  f  g");
        let text = "one\n```\n[a](b)\n```\ntwo";
        let lines: Vec<(usize, String)> =
            prose(text).into_iter().map(|line| (line.number, line.text)).collect();
        assert_eq!(lines, [(1, "one".to_owned()), (5, "two".to_owned())]);
    }
}
