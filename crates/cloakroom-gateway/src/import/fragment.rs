//! TOML for people, piece by piece, and what could not be said in it.

use std::fmt::{self, Write as _};

use thiserror::Error;

/// The group that shuts what nobody has decided about yet. Nobody is in it unless somebody puts them there.
pub(super) const UNDECIDED: &str = "imported-undecided";

/// A part of a configuration file, and what of the other program's it does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    text: String,
    left_out: Vec<String>,
}

/// The file cannot be read as what it is taken for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Untranslatable {
    /// It is not TOML.
    #[error(
        "this is not a configuration file of oauth2-proxy, which is TOML: {0}; the alpha configuration, which is YAML, is not read"
    )]
    NotToml(String),
    /// It is not YAML.
    #[error("this is not YAML")]
    NotYaml,
    /// It says nothing of what is translated.
    #[error("there is no {0} in it")]
    Missing(&'static str),
}

impl Translation {
    /// The text, with what it does not say in a comment at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it does not say, or not exactly, each as a sentence.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// A translation that is being written.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    /// Keys of the whole, which stand before every table.
    keys: String,
    tables: String,
    left_out: Vec<String>,
}

impl Fragment {
    /// A comment among the keys of the whole.
    pub(super) fn remark(&mut self, text: &str) {
        comment(&mut self.keys, text);
    }

    /// A key of the whole.
    pub(super) fn key(&mut self, name: &str, value: impl Into<Value>) {
        line(&mut self.keys, name, &value.into());
    }

    /// A comment among the tables.
    pub(super) fn table_remark(&mut self, text: &str) {
        comment(&mut self.tables, text);
    }

    /// The head of a table, such as `[[app]]`.
    pub(super) fn table(&mut self, head: &str) {
        let blank = if head.contains('.') || self.tables.ends_with("\n\n") || self.tables.is_empty() {
            ""
        } else {
            "\n"
        };
        // Writing to a text cannot fail.
        let _written = writeln!(self.tables, "{blank}{head}");
    }

    /// An empty line among the tables.
    pub(super) fn gap(&mut self) {
        self.tables.push('\n');
    }

    /// A key of the table that was begun last.
    pub(super) fn entry(&mut self, name: &str, value: impl Into<Value>) {
        line(&mut self.tables, name, &value.into());
    }

    /// Something that is not said, or not exactly.
    pub(super) fn left_out(&mut self, text: impl Into<String>) {
        self.left_out.push(text.into());
    }

    pub(super) fn finish(mut self, from: &str) -> Translation {
        let mut text = String::new();
        comment(
            &mut text,
            &format!(
                "Made from {from}. Read it before you use it: what is not said exactly is said more strictly, and stands at the end."
            ),
        );
        text += &self.keys;
        if !self.tables.is_empty() {
            text.push('\n');
            text += self.tables.trim_end_matches('\n');
            text.push('\n');
        }
        if !self.left_out.is_empty() {
            text.push('\n');
            comment(&mut text, "Not taken over, or not exactly:");
            for said in &mut self.left_out {
                comment(&mut text, &format!("- {said}"));
            }
        }
        Translation { text, left_out: self.left_out }
    }
}

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    List(Vec<String>),
    Map(Vec<(String, String)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<(String, String)>> for Value {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self::Map(pairs)
    }
}

impl From<Vec<String>> for Value {
    fn from(items: Vec<String>) -> Self {
        Self::List(items)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Map(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| format!("{} = {}", quoted(key), quoted(value)));
                write!(f, "{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            }
            Self::List(items) => {
                write!(f, "[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn line(to: &mut String, name: &str, value: &Value) {
    let _written = writeln!(to, "{name} = {value}");
}

/// A comment of lines that are not too long. Whatever stands in the other file ends no comment of ours.
fn comment(to: &mut String, text: &str) {
    const WIDTH: usize = 118;
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let mut row = String::from("#");
    for word in clean.split(' ') {
        if row.len() > 1 && row.chars().count() + word.chars().count() >= WIDTH {
            *to += &row;
            to.push('\n');
            row = String::from("#");
        }
        row.push(' ');
        row += word;
    }
    *to += &row;
    to.push('\n');
}

/// A basic string of TOML.
///
/// Source: <https://toml.io/en/v1.0.0#string>.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _written = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The name of an application at a host: what a name may have, and not that of another.
pub(super) fn app_name(host: &str, taken: &mut Vec<String>) -> String {
    let plain: String = host
        .to_ascii_lowercase()
        .replace("*.", "any-")
        .chars()
        .map(|letter| match letter {
            'a'..='z' | '0'..='9' | '-' => letter,
            _ => '-',
        })
        .take(36)
        .collect();
    let mut name = plain.trim_matches('-').to_owned();
    let mut number = 1;
    while name.is_empty() || taken.contains(&name) {
        number += 1;
        let numbered = format!("{}-{number}", plain.trim_matches('-'));
        numbered.trim_start_matches('-').clone_into(&mut name);
    }
    taken.push(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_value_is_it_reads_back_as_it_was() {
        for text in ["plain", "a \"b\" \\ c", "line\nbreak\ttab", "\u{7f}\u{0}", "ümlaut 🦀", "# no comment"]
        {
            let table: toml::Table = format!("key = {}", Value::from(text)).parse().unwrap();
            assert_eq!(table["key"].as_str(), Some(text));
        }
        let list: toml::Table =
            format!("key = {}", Value::from(vec!["a".to_owned(), "\"".to_owned()])).parse().unwrap();
        assert_eq!(list["key"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn no_text_ends_a_comment() {
        let mut fragment = Fragment::default();
        fragment.remark("a\nlisten = \"0.0.0.0:1\"\r\nb");
        fragment.left_out("c\nd = 1");
        let text = fragment.finish("a file\nwith a line").text;
        assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    }

    #[test]
    fn names_are_names_and_each_is_another() {
        let mut taken = Vec::new();
        let mut name = |host: &str| app_name(host, &mut taken);
        assert_eq!(name("wiki.example.org"), "wiki-example-org");
        assert_eq!(name("wiki.example.org"), "wiki-example-org-2");
        assert_eq!(name("*.example.org"), "any-example-org");
        for host in ["", "...", &"a".repeat(300), "É.example"] {
            assert!(name(host).parse::<crate::config::AppName>().is_ok(), "{host}");
        }
    }
}
