//! One request, and what was answered.

use std::borrow::Cow;

use url::Url;

use super::html::Page;

const SET_COOKIES_MAX: usize = 1000;

/// How an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.0 or HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
    /// Whoever recorded it did not say.
    Unknown,
}

/// Over which kind of address it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// A URL that was asked for, and the answer.
#[derive(Clone)]
pub struct Exchange {
    /// What was asked for, without its fragment.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// How it came.
    pub protocol: Protocol,
    /// The answer's fields, with names in lower case, in their order.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The body, up to a bound; empty where it was not read.
    pub body: Vec<u8>,
}

impl Exchange {
    /// All values of a field.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e [u8]> {
        self.fields.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_slice())
    }

    /// Its `Set-Cookie` fields, at most 1000 of them: no browser keeps as many of one site, and each costs a look at all before.
    pub fn set_cookies(&self) -> impl Iterator<Item = &[u8]> {
        self.all("set-cookie").take(SET_COOKIES_MAX)
    }

    /// The value of a field as text, several joined by commas; `None` where there is none.
    pub fn text<'e>(&'e self, name: &'e str) -> Option<Cow<'e, str>> {
        let mut values = self.all(name).map(String::from_utf8_lossy);
        let first = values.next()?;
        let more: Vec<Cow<'e, str>> = values.collect();
        Some(if more.is_empty() { first } else { Cow::Owned([&[first][..], &more].concat().join(", ")) })
    }

    /// Where the answer sends the browser.
    pub fn redirects_to(&self) -> Option<Url> {
        if ![301, 302, 303, 307, 308].contains(&self.status) {
            return None;
        }
        let location = self.all("location").next()?;
        let mut to = self.url.join(str::from_utf8(location).ok()?).ok()?;
        to.set_fragment(None);
        Some(to)
    }

    /// Whether it is a page.
    pub fn is_html(&self) -> bool {
        let media_type = self.text("content-type").unwrap_or_default().to_ascii_lowercase();
        media_type.starts_with("text/html") || media_type.starts_with("application/xhtml+xml")
    }

    /// The page's forms and references; nothing in what is no page.
    pub fn page(&self) -> Page {
        if self.is_html() { Page::read(&String::from_utf8_lossy(&self.body)) } else { Page::default() }
    }

    /// Scheme, host and port, for people and for telling places apart.
    pub fn place(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// Without what may be secret.
impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} -> {} ({} fields, {} octets)",
            self.url,
            self.status,
            self.fields.len(),
            self.body.len()
        )
    }
}
