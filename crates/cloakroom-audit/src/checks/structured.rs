//! Structured fields, as far as the offers and challenges of bound sessions need them.
//!
//! Source: RFC 9651 4.2.

/// A value without parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bare {
    Token(String),
    Text(String),
    /// Numbers, octets, booleans: nothing here wants one.
    Other,
}

/// A member of a list, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) value: Content,
    pub(super) parameters: Vec<(String, Bare)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Item(Bare),
    Inner(Vec<Bare>),
}

impl Member {
    pub(super) fn parameter(&self, name: &str) -> Option<&Bare> {
        // The last of a name counts.
        self.parameters.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

/// Reads a list; `None` where it is none, and the whole field is to be ignored.
pub(super) fn list(text: &str) -> Option<Vec<Member>> {
    let mut reader = Reader { rest: text.trim_matches(' ') };
    let mut members = Vec::new();
    loop {
        members.push(reader.member()?);
        reader.skip(" \t");
        if reader.rest.is_empty() {
            return Some(members);
        }
        reader.take(',')?;
        reader.skip(" \t");
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn member(&mut self) -> Option<Member> {
        let value = if self.take('(').is_some() {
            Content::Inner(self.inner()?)
        } else {
            Content::Item(self.bare()?)
        };
        Some(Member { value, parameters: self.parameters()? })
    }

    fn inner(&mut self) -> Option<Vec<Bare>> {
        let mut items = Vec::new();
        loop {
            self.skip(" ");
            if self.take(')').is_some() {
                return Some(items);
            }
            items.push(self.bare()?);
            self.parameters()?;
            if !self.rest.starts_with([' ', ')']) {
                return None;
            }
        }
    }

    fn parameters(&mut self) -> Option<Vec<(String, Bare)>> {
        let mut parameters = Vec::new();
        while self.take(';').is_some() {
            self.skip(" ");
            let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".contains(c);
            let name = self
                .run(is_key)
                .filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase() || c == '*'))?;
            let value = if self.take('=').is_some() { self.bare()? } else { Bare::Other };
            parameters.push((name, value));
        }
        Some(parameters)
    }

    fn bare(&mut self) -> Option<Bare> {
        match self.rest.chars().next()? {
            '"' => self.string().map(Bare::Text),
            c if c.is_ascii_alphabetic() || c == '*' => {
                self.run(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(c)).map(Bare::Token)
            }
            '-' | '?' | ':' | '0'..='9' => {
                self.run(|c| c.is_ascii_alphanumeric() || "-?:.+/=".contains(c)).map(|_| Bare::Other)
            }
            _ => None,
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        loop {
            let c = self.rest.chars().next()?;
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '"' => return Some(text),
                '\\' => {
                    let escaped = self.rest.chars().next().filter(|c| ['"', '\\'].contains(c))?;
                    self.rest = &self.rest[1..];
                    text.push(escaped);
                }
                ' '..='~' => text.push(c),
                _ => return None,
            }
        }
    }

    fn run(&mut self, is_part: impl Fn(char) -> bool) -> Option<String> {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!run.is_empty()).then(|| run.to_owned())
    }

    fn take(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(mark)?;
        Some(())
    }

    fn skip(&mut self, marks: &str) {
        self.rest = self.rest.trim_start_matches(|c| marks.contains(c));
    }
}
